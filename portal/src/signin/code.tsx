// A code of the second factor, and the dialog that asks for one before something dangerous.
import { useEffect, useRef, useState } from "preact/hooks";
import { api, must, type Failure } from "../app/api";
import { useAction, useLoad } from "../app/load";
import { endFactorWait, showFactor } from "../app/session";
import { t } from "../app/words";
import { Problem } from "../ui/basics";
import { Dialog, Field, Form, Submit } from "../ui/forms";
import { knowsPasskeys, showPasskeyAgain } from "./passkey";

// People copy codes with the spaces that apps show in them.
export const plainCode = (typed: string) => typed.replace(/\s/g, "");

// Six digits of the app, or, where `paper` allows it, one of the recovery codes. Without an `app`
// there are only these.
export function CodeField({
  value,
  set,
  failure,
  paper = true,
  app = true,
}: {
  value: string;
  set: (code: string) => void;
  failure?: Failure;
  paper?: boolean;
  app?: boolean;
}) {
  const [chosen, setOnPaper] = useState(false);
  const onPaper = chosen || !app;
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), [onPaper]);
  const typed = (event: Event) => set((event.currentTarget as HTMLInputElement).value);
  return (
    <>
      <Field
        label={onPaper ? t("Recovery code") : t("Code")}
        hint={onPaper ? t("Each opens once.") : t("The six digits that your app shows now")}
        name="code"
        failure={failure}
      >
        <input
          key={String(onPaper)}
          ref={input}
          required
          class="code"
          autocomplete={onPaper ? "off" : "one-time-code"}
          inputMode={onPaper ? "text" : "numeric"}
          autocapitalize="none"
          spellcheck={false}
          maxLength={40}
          value={value}
          onInput={typed}
        />
      </Field>
      {paper && app && (
        <p>
          <button type="button" class="link" onClick={() => setOnPaper(!onPaper)}>
            {onPaper ? t("Use the app’s code") : t("Use a recovery code")}
          </button>
        </p>
      )}
    </>
  );
}

// One of the ways to show a second factor: the browser asks for the passkey.
export function ShowPasskey({ show }: { show: () => Promise<unknown> }) {
  const act = useAction(show);
  return (
    <div class="again">
      <button type="button" class="main" aria-disabled={act.busy} onClick={() => void act.run()}>
        {t("Use a passkey")}
      </button>
      <Problem failure={act.failure} />
    </div>
  );
}

function ShowAgain() {
  const ways = useLoad(() => must(api.GET("/auth/second-factor")), []).data;
  const [code, setCode] = useState("");
  const show = useAction(async () => {
    await must(api.POST("/auth/second-factor", { body: { code: plainCode(code) } }));
    endFactorWait(true);
  });
  return (
    <Dialog title={t("Show your second factor again")} onClose={() => endFactorWait(false)}>
      <p>{t("What you are about to do needs it. Nothing that you typed is lost.")}</p>
      {ways && ways.passkeys > 0 && knowsPasskeys() && (
        <ShowPasskey show={() => showPasskeyAgain().then(() => endFactorWait(true))} />
      )}
      <Form onSend={() => show.run()} failure={show.failure}>
        <CodeField
          value={code}
          set={setCode}
          failure={show.failure}
          app={ways === undefined || ways.app}
        />
        <div class="buttons">
          <Submit busy={show.busy}>{t("Go on")}</Submit>
          <button type="button" onClick={() => endFactorWait(false)}>
            {t("Leave it")}
          </button>
        </div>
      </Form>
    </Dialog>
  );
}

// Stands over the page while a request waits for it (session.ts).
export function ShowFactor() {
  return showFactor.value ? <ShowAgain /> : null;
}
