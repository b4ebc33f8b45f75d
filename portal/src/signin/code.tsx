// A code of the second factor, and the dialog that asks for one before something dangerous.
import { useEffect, useRef, useState } from "preact/hooks";
import { api, must, type Failure } from "../app/api";
import { useAction } from "../app/load";
import { endFactorWait, showFactor } from "../app/session";
import { t } from "../app/words";
import { Dialog, Field, Form, Submit } from "../ui/forms";

// People copy codes with the spaces that apps show in them.
export const plainCode = (typed: string) => typed.replace(/\s/g, "");

// Six digits of the app, or, where `paper` allows it, one of the recovery codes.
export function CodeField({
  value,
  set,
  failure,
  paper = true,
}: {
  value: string;
  set: (code: string) => void;
  failure?: Failure;
  paper?: boolean;
}) {
  const [onPaper, setOnPaper] = useState(false);
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
      {paper && (
        <p>
          <button type="button" class="link" onClick={() => setOnPaper(!onPaper)}>
            {onPaper ? t("Use the app’s code") : t("Use a recovery code")}
          </button>
        </p>
      )}
    </>
  );
}

function ShowAgain() {
  const [code, setCode] = useState("");
  const show = useAction(async () => {
    await must(api.POST("/auth/second-factor", { body: { code: plainCode(code) } }));
    endFactorWait(true);
  });
  return (
    <Dialog title={t("Show your second factor again")} onClose={() => endFactorWait(false)}>
      <p>{t("What you are about to do needs it. Nothing that you typed is lost.")}</p>
      <Form onSend={() => show.run()} failure={show.failure}>
        <CodeField value={code} set={setCode} failure={show.failure} />
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
