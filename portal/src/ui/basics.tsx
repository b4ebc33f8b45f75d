// Small parts that every screen is made of.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { signal } from "@preact/signals";
import type { Failure } from "../app/api";
import type { Load } from "../app/load";
import { exactTime, language, money, relativeTime, t } from "../app/words";
import { problemText } from "./problems";
import { Sign } from "./signs";

export const now = signal(Date.now());
setInterval(() => (now.value = Date.now()), 15_000);

export function Time({ at, none = "–" }: { at: string | null | undefined; none?: string }) {
  if (!at) return <span class="quiet">{none}</span>;
  return (
    <time dateTime={at} title={exactTime(at)}>
      {relativeTime(at, Math.max(now.value, Date.now()))}
    </time>
  );
}

// A time to the second, where order and duration matter.
export function ExactTime({ at }: { at: string }) {
  return (
    <time dateTime={at} class="number">
      {exactTime(at)}
    </time>
  );
}

export function Money({ of, currency }: { of: number | null | undefined; currency: string }) {
  if (of === null || of === undefined) return <span class="quiet">–</span>;
  return <span class="number">{money(of, currency)}</span>;
}

// What can be copied: an id, a number, a key. One click copies it and says so.
export function Copy({ text, shown = text }: { text: string; shown?: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async (event: Event) => {
    event.stopPropagation();
    event.preventDefault();
    if (!(await copyText(text))) return;
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <span class="copy">
      <span class="code">{shown}</span>
      <button
        type="button"
        class="icon"
        onClick={copy}
        aria-label={t("Copy {what}", { what: shown })}
        title={t("Copy")}
      >
        <Sign of={copied ? "done" : "copy"} />
      </button>
      <span role="status" class="unseen">
        {copied ? t("Copied") : ""}
      </span>
    </span>
  );
}

// Several lines that are shown elsewhere: one button copies them all.
export function CopyAll({ text }: { text: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => setCopied(await copyText(text));
  return (
    <>
      <button type="button" onClick={() => void copy()}>
        {t("Copy")}
      </button>
      <span role="status">{copied && <Badge tone="good">{t("Copied")}</Badge>}</span>
    </>
  );
}

// navigator.clipboard needs TLS; the older way does not.
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    (document.querySelector("dialog[open]") ?? document.body).append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    return copied;
  }
}

export type Tone = "good" | "bad" | "busy" | "still" | "warn";

// A state is told by word and shape, besides colour.
const SHAPES: Record<Tone, string> = { good: "●", bad: "✕", busy: "◔", still: "○", warn: "▲" };

export function Badge({ tone, children }: { tone: Tone; children: ComponentChildren }) {
  return (
    <span class={`badge ${tone}`}>
      <span aria-hidden="true">{SHAPES[tone]}</span> {children}
    </span>
  );
}

// The API's own text is English: to others it is shown as what it is, for whoever helps them.
export function Problem({ failure }: { failure: Failure | undefined }) {
  if (!failure) return null;
  const own = language.value === "en" ? "" : failure.text;
  return (
    <div role="alert" class="problem">
      <strong>{problemText(failure)}</strong>
      {failure.requestId && (
        <details>
          <summary>{t("For support")}</summary>
          {own && <p lang="en">{own}</p>}
          <p>
            {t("Request")} <Copy text={failure.requestId} />
          </p>
        </details>
      )}
    </div>
  );
}

export function Skeleton({ lines = 5 }: { lines?: number }) {
  return (
    <div class="skeleton" aria-busy="true">
      <span class="unseen" role="status">
        {t("Loading…")}
      </span>
      {Array.from({ length: lines }, (_, index) => (
        <div key={index} aria-hidden="true" />
      ))}
    </div>
  );
}

// What is shown of a load: bones, what went wrong with a way to try again, or the data.
export function Loaded<T>({
  of,
  lines,
  children,
}: {
  of: Load<T>;
  lines?: number;
  children: (data: T) => ComponentChildren;
}) {
  if (of.data === undefined && !of.failure) return <Skeleton lines={lines} />;
  return (
    <>
      {of.failure && (
        <div class="again">
          <Problem failure={of.failure} />
          <button type="button" onClick={() => void of.reload()}>
            {t("Try again")}
          </button>
        </div>
      )}
      {of.data !== undefined && children(of.data)}
    </>
  );
}

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p>
        <strong>{title}</strong>
      </p>
      {children}
    </div>
  );
}

// The head of a screen. Its title is the window's too. Whoever comes from another screen has the
// focus here, so that it is read out.
let arrived = false;

export function Head({ title, children }: { title: string; children?: ComponentChildren }) {
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (arrived) {
      scrollTo(0, 0);
      head.current?.focus({ preventScroll: true });
    }
    arrived = true;
  }, []);
  useEffect(() => {
    document.title = `${title} · Dundun`;
  }, [title]);
  return (
    <header class="head">
      <h1 ref={head} tabIndex={-1}>
        {title}
      </h1>
      <div class="tools">{children}</div>
    </header>
  );
}

export function Facts({ of }: { of: ([string, ComponentChildren] | null | false)[] }) {
  return (
    <dl class="facts">
      {of.map(
        (fact) =>
          fact && (
            <div key={fact[0]}>
              <dt>{fact[0]}</dt>
              <dd>{fact[1]}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

export function Tabs({
  of,
  current,
  label = t("Parts of this screen"),
}: {
  of: [href: string, name: string][];
  current: string;
  label?: string; // where there are several
}) {
  return (
    <nav class="tabs" aria-label={label}>
      {of.map(([href, name]) => (
        <a key={href} href={href} aria-current={href === current ? "page" : undefined}>
          {name}
        </a>
      ))}
    </nav>
  );
}
