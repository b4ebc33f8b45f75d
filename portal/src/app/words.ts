// The words of the page, and how numbers, money and times are written, in the reader's language.
// English texts are the keys of the catalogue (portal/src/words); see portal/catalogue.mjs.
import { signal } from "@preact/signals";
import type { Words } from "made/words";

export const LANGUAGES = { en: "English", fr: "Français", pt: "Português", sw: "Kiswahili" };
export type Language = keyof typeof LANGUAGES;

const KEPT = "dundun.language";
type Catalogue = () => Promise<{ default: Record<string, string> }>;
// What the first view says, and all else. The keys are English.
const none: Catalogue = async () => ({ default: {} });
const catalogues: Record<Language, [first: Catalogue, rest: Catalogue]> = {
  en: [none, none],
  fr: [() => import("words:fr"), () => import("words:fr-rest")],
  pt: [() => import("words:pt"), () => import("words:pt-rest")],
  sw: [() => import("words:sw"), () => import("words:sw-rest")],
};

export const language = signal<Language>("en");
const texts = signal<Record<string, string>>({});

const known = (name: string): name is Language => name in LANGUAGES;

// The language that was chosen here, or the first that the browser asks for and we have.
export function firstLanguage(): Language {
  const kept = localStorage.getItem(KEPT) ?? "";
  const wanted = [kept, ...navigator.languages.map((name) => name.slice(0, 2))];
  return wanted.find(known) ?? "en";
}

let whole: Promise<void> | undefined;

export async function speak(name: Language): Promise<void> {
  const parts = catalogues[name].slice(0, whole ? 2 : 1).map((load) => load());
  texts.value = Object.assign({}, ...(await Promise.all(parts)).map((part) => part.default));
  language.value = name;
  document.documentElement.lang = name;
}

// Whatever is not the first view waits for all words of the language.
export function speakWhole(): Promise<void> {
  if (whole) return whole;
  whole = Promise.resolve(); // `speak` loads all from now on
  whole = speak(language.value).catch((failed) => {
    whole = undefined;
    throw failed;
  });
  return whole;
}

export async function chooseLanguage(name: Language): Promise<void> {
  localStorage.setItem(KEPT, name);
  await speak(name);
}

export type Values = Record<string, string | number>;

// The text in the reader's language; {holes} are filled from `values`.
export function t(english: Words, values: Values = {}): string {
  const text = (texts.value[english] ?? english).split("§")[0]!;
  return text.replace(/\{(\w+)\}/g, (hole, name) => {
    const value = values[name];
    if (value === undefined) return hole;
    return typeof value === "number" ? number(value) : value;
  });
}

// Intl's writers by language and form, made once: to make one takes longer than to draw a row.
const writers = new Map<string, unknown>();
function writer<T, O>(Writer: new (language: string, options: O) => T, options: O): T {
  const key = `${language.value} ${Writer.name} ${JSON.stringify(options)}`;
  let known = writers.get(key) as T | undefined;
  if (!known) writers.set(key, (known = new Writer(language.value, options)));
  return known;
}

// One of two texts, by the reader's own rule of what one is; {n} is the number.
export function tn(one: Words, other: Words, n: number, values: Values = {}): string {
  const rule = writer(Intl.PluralRules, {}).select(n);
  return t(rule === "one" ? one : other, { n, ...values });
}

export function number(value: number): string {
  return writer(Intl.NumberFormat, {}).format(value);
}

export function percent(value: number): string {
  const options = { style: "percent", maximumFractionDigits: 1 } as const;
  return writer(Intl.NumberFormat, options).format(value / 100);
}

// Whole to the last digit that the API gives, which is at most six after the point.
export function money(value: number, currency: string): string {
  const options = {
    style: "currency",
    currency,
    currencyDisplay: "code",
    minimumFractionDigits: 2,
    maximumFractionDigits: 6,
  } as const;
  return writer(Intl.NumberFormat, options).format(value).replace(/\u00a0/g, " ");
}

export function exactTime(at: string | Date): string {
  const options = { dateStyle: "medium", timeStyle: "medium" } as const;
  return writer(Intl.DateTimeFormat, options).format(new Date(at));
}

export function shortTime(at: string | Date, zone?: string): string {
  const options = { hour: "2-digit", minute: "2-digit", timeZone: zone } as const;
  return writer(Intl.DateTimeFormat, options).format(new Date(at));
}

export function shortDate(at: string | Date): string {
  const options = { day: "numeric", month: "short", timeZone: "UTC" } as const;
  return writer(Intl.DateTimeFormat, options).format(new Date(at));
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

// "3 minutes ago", "in 2 hours"; beyond a week the date.
export function relativeTime(at: string, now: number): string {
  const seconds = Math.round((new Date(at).getTime() - now) / 1000);
  if (Math.abs(seconds) > 7 * 86_400) {
    return writer(Intl.DateTimeFormat, { dateStyle: "medium" }).format(new Date(at));
  }
  const [unit, size] = STEPS.find(([, step]) => Math.abs(seconds) >= step) ?? ["second", 1];
  const form = writer(Intl.RelativeTimeFormat, { numeric: "auto" });
  return form.format(Math.trunc(seconds / size), unit);
}

export function countryName(code: string): string {
  if (!/^[A-Z]{2}$/.test(code)) return code;
  return writer(Intl.DisplayNames, { type: "region" }).of(code) ?? code;
}
