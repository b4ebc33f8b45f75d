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

const EnrolmentPart = lazyPart(() => import("../signin/enrolment"));
type Doing = "take" | "codes" | "remove";

export function SecondFactor() {
  const load = useLoad(() => must(api.GET("/auth/second-factor")), []);
  const [doing, setDoing] = useState<Doing>();
  const close = () => {
    setDoing(undefined);
    void load.reload();
  };
  return (
    <section class="card">
      <h2>{t("Second factor")}</h2>
      <Loaded of={load} lines={2}>
        {(state) => (
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
              <button type="button" onClick={() => setDoing("take")}>
                {state.enabled ? t("Take another app") : t("Take a second factor")}
              </button>
              {state.enabled && (
                <button type="button" onClick={() => setDoing("codes")}>
                  {t("New recovery codes")}
                </button>
              )}
              {state.enabled && !state.required && (
                <button type="button" class="danger" onClick={() => setDoing("remove")}>
                  {t("Do without it")}
                </button>
              )}
            </div>
            {doing === "take" && <Take replaces={state.enabled} onClose={close} />}
            {doing === "codes" && <NewCodes onClose={close} />}
            {doing === "remove" && <Remove onClose={close} />}
          </>
        )}
      </Loaded>
    </section>
  );
}

type Own = {
  enabled_at: string | null;
  recovery_codes_left: number;
  required: boolean;
};

function State({ of }: { of: Own }) {
  return (
    <Facts
      of={[
        [t("State"), <Badge tone="good">{t("On")}</Badge>],
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

function NewCodes({ onClose }: { onClose: () => void }) {
  const [code, setCode] = useState("");
  const [codes, setCodes] = useState<string[]>();
  const make = useAction(async () => {
    const body = { code: plainCode(code) };
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
          <CodeField value={code} set={setCode} failure={make.failure} />
          <div class="buttons">
            <Submit busy={make.busy}>{t("Make new ones")}</Submit>
          </div>
        </Form>
      )}
    </Dialog>
  );
}

function Remove({ onClose }: { onClose: () => void }) {
  const [code, setCode] = useState("");
  const remove = useAction(async () => {
    await must(api.POST("/auth/second-factor/remove", { body: { code: plainCode(code) } }));
    onClose();
  });
  return (
    <Dialog title={t("Do without a second factor?")} onClose={onClose}>
      <Form onSend={() => remove.run()} failure={remove.failure}>
        <p>{t("Your password alone is enough from then on, for a thief too.")}</p>
        <CodeField value={code} set={setCode} failure={remove.failure} />
        <div class="buttons">
          <Submit busy={remove.busy} danger>
            {t("Do without it")}
          </Submit>
          <button type="button" onClick={onClose}>
            {t("Leave it")}
          </button>
        </div>
      </Form>
    </Dialog>
  );
}
