// What the keyboard can do anywhere, and the search.
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { Dialog, Form } from "../ui/forms";
import { go } from "./place";
import { RAIL } from "./routes";
import { may, me, signInAgain } from "./session";
import { t } from "./words";

export const searchOpen = signal(false);
export const helpOpen = signal(false);

const SEQUENCE_MS = 1500;
const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");

export function useKeys() {
  useEffect(() => {
    let going = 0;
    const heard = (event: KeyboardEvent) => {
      if (!me.value || signInAgain.value || typing(event.target)) return;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (document.querySelector("dialog[open]")) return;
      if (event.key === "/") searchOpen.value = true;
      else if (event.key === "?") helpOpen.value = true;
      else if (event.key === "g") return void (going = Date.now());
      else if (Date.now() - going < SEQUENCE_MS) {
        const entry = RAIL.find(
          ({ letter, needs }) => letter === event.key && (!needs || may.value[needs]),
        );
        if (!entry) return;
        go(entry.href);
      } else return;
      going = 0;
      event.preventDefault();
    };
    addEventListener("keydown", heard);
    return () => removeEventListener("keydown", heard);
  }, []);
}

// Where a text that somebody searches for leads: an id opens what it names, a number its messages.
export function found(text: string): string | null {
  const wanted = text.trim();
  if (/^msg[-_]|^[0-9a-f]{8}-[0-9a-f]{4}-/i.test(wanted))
    return `/logs/${encodeURIComponent(wanted)}`;
  if (/^batch-/i.test(wanted)) return `/campaigns/${encodeURIComponent(wanted)}`;
  if (/^[+\d][\d\s()./-]{5,}$/.test(wanted)) {
    const digits = wanted.replace(/[^\d+]/g, "");
    const number = digits.startsWith("+") ? digits : `+${digits.replace(/^00/, "")}`;
    return `/logs?to=${encodeURIComponent(number)}`;
  }
  return null;
}

export function Search() {
  const [text, setText] = useState("");
  if (!searchOpen.value) return null;
  const close = () => {
    searchOpen.value = false;
    setText("");
  };
  const screens = RAIL.filter(
    ({ name, needs }) =>
      (!needs || may.value[needs]) &&
      t(name).toLocaleLowerCase().includes(text.trim().toLocaleLowerCase()),
  );
  const target = found(text) ?? (text.trim() ? screens[0]?.href : undefined);
  const open = () => {
    if (!target) return;
    close();
    go(target);
  };
  return (
    <Dialog title={t("Search")} onClose={close}>
      <Form onSend={open}>
        <label class="field">
          <span>{t("A number, the id of a message or campaign, or a screen")}</span>
          <input
            type="search"
            autofocus
            value={text}
            autocomplete="off"
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        <ul class="found">
          {found(text) && (
            <li>
              <a href={found(text)!} onClick={close}>
                {t("Find {what}", { what: text.trim() })}
              </a>
            </li>
          )}
          {screens.map(({ href, name }) => (
            <li key={href}>
              <a href={href} onClick={close}>
                {t(name)}
              </a>
            </li>
          ))}
        </ul>
      </Form>
    </Dialog>
  );
}

export function Help() {
  if (!helpOpen.value) return null;
  return (
    <Dialog title={t("Keys of the keyboard")} onClose={() => (helpOpen.value = false)}>
      <table class="plain">
        <tbody>
          <tr>
            <td>
              <kbd>/</kbd>
            </td>
            <td>{t("Search")}</td>
          </tr>
          <tr>
            <td>
              <kbd>?</kbd>
            </td>
            <td>{t("This help")}</td>
          </tr>
          <tr>
            <td>
              <kbd>Esc</kbd>
            </td>
            <td>{t("Close")}</td>
          </tr>
          {RAIL.filter(({ needs }) => !needs || may.value[needs]).map(({ href, name, letter }) => (
            <tr key={href}>
              <td>
                <kbd>g</kbd> <kbd>{letter}</kbd>
              </td>
              <td>{t(name)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>
        <a href="/licences.txt">{t("Licences of what this page is made of")}</a>
      </p>
    </Dialog>
  );
}
