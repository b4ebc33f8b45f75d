// Fields and buttons. The browser's own validation decides; what it says is said in our words,
// beside the field, because a browser speaks its own language and not the page's.
import { cloneElement, type ComponentChildren, type VNode } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { Failure } from "../app/api";
import { t } from "../app/words";
import { Problem } from "./basics";
import { fieldText } from "./problems";

type Input = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

function complaint(input: Input): string {
  const state = input.validity;
  if (state.valid) return "";
  if (state.valueMissing) return t("This is missing.");
  if (state.tooShort) return t("This is too short.");
  if (state.rangeUnderflow || state.rangeOverflow) return t("This number is out of range.");
  return t("This is not valid.");
}

// A label, its input, a hint and what is wrong. `name` finds what the API says of the field.
export function Field({
  label,
  hint,
  name,
  failure,
  children,
}: {
  label: string;
  hint?: ComponentChildren;
  name?: string;
  failure?: Failure;
  children: VNode<any>;
}) {
  const id = useId();
  const [own, setOwn] = useState("");
  const theirs = name ? failure?.fields[name] : undefined;
  const wrong = own || (theirs ? fieldText(theirs) : "");
  const said = [hint ? `${id}h` : "", wrong ? `${id}e` : ""].filter(Boolean).join(" ");
  return (
    <div
      class="field"
      onInvalidCapture={(event: Event) => {
        event.preventDefault();
        setOwn(complaint(event.target as Input));
      }}
      onInput={() => setOwn("")}
      onChange={() => setOwn("")}
    >
      <label for={id}>{label}</label>
      {cloneElement(children, {
        id,
        name: children.props.name ?? name,
        "aria-describedby": said || undefined,
        "aria-invalid": wrong ? "true" : undefined,
      })}
      {hint && (
        <p class="hint" id={`${id}h`}>
          {hint}
        </p>
      )}
      {wrong && (
        <p class="wrong" id={`${id}e`} role="alert">
          {wrong}
        </p>
      )}
    </div>
  );
}

// Calls `onSend` once the browser finds everything valid; else the first wrong field has the focus.
export function Form({
  onSend,
  failure,
  children,
  label,
}: {
  onSend: () => unknown;
  failure?: Failure;
  children: ComponentChildren;
  label?: string;
}) {
  const form = useRef<HTMLFormElement>(null);
  return (
    <form
      ref={form}
      noValidate
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        if (form.current!.checkValidity()) return void onSend();
        form.current!.querySelector<HTMLElement>(":invalid:not(fieldset)")?.focus();
      }}
    >
      {children}
      <Problem failure={failure} />
    </form>
  );
}

export function Submit({
  busy,
  children,
  danger,
}: {
  busy: boolean;
  children: ComponentChildren;
  danger?: boolean;
}) {
  return (
    <button type="submit" class={danger ? "main danger" : "main"} aria-disabled={busy}>
      {children}
      {busy && (
        <span class="working" aria-hidden="true">
          {" "}
          …
        </span>
      )}
    </button>
  );
}

// A native dialog: it keeps the focus, and Escape closes it.
export function Dialog({
  title,
  onClose,
  children,
  wide,
}: {
  title: string;
  onClose?: () => void;
  children: ComponentChildren;
  wide?: boolean;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current!;
    element.showModal();
    return () => element.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      class={wide ? "wide" : ""}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
      onClick={(event) => event.target === dialog.current && onClose?.()}
    >
      <div class="inside">
        <header>
          <h2 id={id}>{title}</h2>
          {onClose && (
            <button type="button" class="icon" onClick={onClose} aria-label={t("Close")}>
              ✕
            </button>
          )}
        </header>
        {children}
      </div>
    </dialog>
  );
}

// A question before something is lost; the button says what happens.
export function Confirm({
  title,
  text,
  action,
  danger = true,
  onClose,
  act,
  children,
}: {
  title: string;
  text?: string;
  action: string;
  danger?: boolean;
  onClose: () => void;
  act: { run: () => Promise<unknown>; busy: boolean; failure: Failure | undefined };
  children?: ComponentChildren;
}) {
  return (
    <Dialog title={title} onClose={onClose}>
      <Form onSend={() => act.run()} failure={act.failure}>
        {text && <p>{text}</p>}
        {children}
        <div class="buttons">
          <Submit busy={act.busy} danger={danger}>
            {action}
          </Submit>
          <button type="button" onClick={onClose}>
            {t("Leave it")}
          </button>
        </div>
      </Form>
    </Dialog>
  );
}
