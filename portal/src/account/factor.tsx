// One's own second factor: on, off, another app, new recovery codes.
import { useState } from "preact/hooks";
import { api, must, type Schemas } from "../app/api";
import { useAction, useLoad } from "../app/load";
import { lazyPart } from "../app/screen";
import { t } from "../app/words";
import { CodeField, plainCode } from "../signin/code";
import { RecoveryCodes } from "../signin/recovery";
import { Badge, Facts, Loaded, Time } from "../ui/basics";
import { Dialog, Field, Form, Submit } from "../ui/forms";
import { Passkeys } from "./passkeys";

const EnrolmentPart = lazyPart(() => import("../signin/enrolment"));
type Doing = "take" | "codes" | "remove";

// With the passkeys, which are one too.
export function SecondFactor() {
  const load = useLoad(() => must(api.GET("/auth/second-factor")), []);
  const [doing, setDoing] = useState<Doing>();
  const close = () => {
    setDoing(undefined);
    void load.reload();
  };
  return (
    <>
      <section class="card">
        <h2>{t("Second factor")}</h2>
        <Loaded of={load} lines={2}>
          {(state) => <Ways of={state} doing={doing} start={setDoing} close={close} />}
        </Loaded>
      </section>
      <Passkeys changed={load.reload} />
    </>
  );
}

function Ways({
  of: state,
  doing,
  start,
  close,
}: {
  of: Own;
  doing: Doing | undefined;
  start: (doing: Doing) => void;
  close: () => void;
}) {
  const { app, passkeys } = state;
  return (
    <>
      {state.enabled ? (
        <State of={state} />
      ) : (
        <p>
          {t(
            "Codes of an app, besides the password: whoever has your password alone cannot sign in.",
          )}
        </p>
      )}
      <div class="buttons">
        <button type="button" onClick={() => start("take")}>
          {app
            ? t("Take another app")
            : passkeys > 0
              ? t("Take an app too")
              : t("Take a second factor")}
        </button>
        {state.enabled && (
          <button type="button" onClick={() => start("codes")}>
            {t("New recovery codes")}
          </button>
        )}
        {app && (passkeys > 0 || !state.required) && (
          <button type="button" class="danger" onClick={() => start("remove")}>
            {passkeys > 0 ? t("Do without the app") : t("Do without it")}
          </button>
        )}
      </div>
      {doing === "take" && <Take replaces={app} onClose={close} />}
      {doing === "codes" && <NewCodes app={app} onClose={close} />}
      {doing === "remove" && <Remove left={passkeys} onClose={close} />}
    </>
  );
}

type Own = {
  enabled: boolean;
  app: boolean;
  passkeys: number;
  enabled_at: string | null;
  recovery_codes_left: number;
  required: boolean;
};

function State({ of }: { of: Own }) {
  return (
    <Facts
      of={[
        [t("State"), <Badge tone="good">{t("On")}</Badge>],
        [t("App§authenticator"), of.app ? t("On") : "–"],
        [t("Since"), <Time at={of.enabled_at} />],
        [t("Recovery codes left"), String(of.recovery_codes_left)],
        of.required && [t("Needed"), t("yes, by the rules of the account or the platform")],
      ]}
    />
  );
}

// The password, and a code of the factor in force, then the new secret, its first code, and new
// recovery codes.
function Take({ replaces, onClose }: { replaces: boolean; onClose: () => void }) {
  const [enrolment, setEnrolment] = useState<Schemas["Enrolment"]>();
  const [codes, setCodes] = useState<string[]>();
  const confirm = async (code: string) => {
    const answer = await must(api.POST("/auth/second-factor/confirm", { body: { code } }));
    setCodes(answer.recovery_codes);
  };
  return (
    <Dialog title={t("Take a second factor")} onClose={codes ? undefined : onClose}>
      {codes ? (
        <RecoveryCodes codes={codes} done={onClose} />
      ) : enrolment ? (
        <EnrolmentPart {...enrolment} confirm={confirm} />
      ) : (
        <Begin replaces={replaces} begun={setEnrolment} />
      )}
    </Dialog>
  );
}

function Begin({
  replaces,
  begun,
}: {
  replaces: boolean;
  begun: (enrolment: Schemas["Enrolment"]) => void;
}) {
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const begin = useAction(async () => {
    const body = { current_password: password, ...(replaces && { code: plainCode(code) }) };
    begun(await must(api.POST("/auth/second-factor/enrol", { body })));
  });
  return (
    <Form onSend={() => begin.run()} failure={begin.failure}>
      {replaces && <CodeField value={code} set={setCode} failure={begin.failure} />}
      <Field label={t("Present password")} name="current_password" failure={begin.failure}>
        <input
          type="password"
          required
          autocomplete="current-password"
          value={password}
          onInput={(event) => setPassword(event.currentTarget.value)}
        />
      </Field>
      <p>{t("Your other sessions end when it is in force.")}</p>
      <div class="buttons">
        <Submit busy={begin.busy}>{t("Go on")}</Submit>
      </div>
    </Form>
  );
}

// Who has no app shows a passkey instead of a code: the API asks for it by itself.
function NewCodes({ app, onClose }: { app: boolean; onClose: () => void }) {
  const [code, setCode] = useState("");
  const [codes, setCodes] = useState<string[]>();
  const make = useAction(async () => {
    const body = app ? { code: plainCode(code) } : {};
    const answer = await must(api.POST("/auth/second-factor/recovery-codes", { body }));
    setCodes(answer.recovery_codes);
  });
  return (
    <Dialog title={t("New recovery codes")} onClose={codes ? undefined : onClose}>
      {codes ? (
        <RecoveryCodes codes={codes} done={onClose} />
      ) : (
        <Form onSend={() => make.run()} failure={make.failure}>
          <p>{t("Those that you have open nothing more.")}</p>
          {app && <CodeField value={code} set={setCode} failure={make.failure} />}
          <div class="buttons">
            <Submit busy={make.busy}>{t("Make new ones")}</Submit>
          </div>
        </Form>
      )}
    </Dialog>
  );
}

function Remove({ left, onClose }: { left: number; onClose: () => void }) {
  const [code, setCode] = useState("");
  const remove = useAction(async () => {
    await must(api.POST("/auth/second-factor/remove", { body: { code: plainCode(code) } }));
    onClose();
  });
  return (
    <Dialog
      title={left > 0 ? t("Do without the app?") : t("Do without a second factor?")}
      onClose={onClose}
    >
      <Form onSend={() => remove.run()} failure={remove.failure}>
        <p>
          {left > 0
            ? t("Its codes open nothing more. Your passkeys stay.")
            : t("Your password alone is enough from then on, for a thief too.")}
        </p>
        <CodeField value={code} set={setCode} failure={remove.failure} />
        <div class="buttons">
          <Submit busy={remove.busy} danger>
            {left > 0 ? t("Do without the app") : t("Do without it")}
          </Submit>
          <button type="button" onClick={onClose}>
            {t("Leave it")}
          </button>
        </div>
      </Form>
    </Dialog>
  );
}
