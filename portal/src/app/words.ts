// The words of the page, and how numbers, money and times are written, in the reader's language.
// English texts are the keys of the catalogue (portal/src/words); see portal/catalogue.mjs.
import { signal } from "@preact/signals";
import type { Words } from "made/words";

export const LANGUAGES = { en: "English", fr: "Français", pt: "Português", sw: "Kiswahili" };
export type Language = keyof typeof LANGUAGES;

const KEPT = "dundun.language";
const catalogues: Record<Language, () => Promise<{ default: Record<string, string> }>> = {
  en: () => import("words:en"),
  fr: () => import("words:fr"),
  pt: () => import("words:pt"),
  sw: () => import("words:sw"),
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

export async function speak(name: Language): Promise<void> {
  texts.value = (await catalogues[name]()).default;
  language.value = name;
  document.documentElement.lang = name;
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

// One of two texts, by the reader's own rule of what one is; {n} is the number.
export function tn(one: Words, other: Words, n: number, values: Values = {}): string {
  const rule = new Intl.PluralRules(language.value).select(n);
  return t(rule === "one" ? one : other, { n, ...values });
}

export function number(value: number): string {
  return new Intl.NumberFormat(language.value).format(value);
}

export function percent(value: number): string {
  const options = { style: "percent", maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(language.value, options).format(value / 100);
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
  return new Intl.NumberFormat(language.value, options).format(value).replace(/\u00a0/g, " ");
}

export function exactTime(at: string | Date): string {
  const options = { dateStyle: "medium", timeStyle: "medium" } as const;
  return new Intl.DateTimeFormat(language.value, options).format(new Date(at));
}

export function shortTime(at: string | Date, zone?: string): string {
  const options = { hour: "2-digit", minute: "2-digit", timeZone: zone } as const;
  return new Intl.DateTimeFormat(language.value, options).format(new Date(at));
}

export function shortDate(at: string | Date): string {
  const options = { day: "numeric", month: "short", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat(language.value, options).format(new Date(at));
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
    return new Intl.DateTimeFormat(language.value, { dateStyle: "medium" }).format(new Date(at));
  }
  const [unit, size] = STEPS.find(([, step]) => Math.abs(seconds) >= step) ?? ["second", 1];
  const form = new Intl.RelativeTimeFormat(language.value, { numeric: "auto" });
  return form.format(Math.trunc(seconds / size), unit);
}

export function countryName(code: string): string {
  if (!/^[A-Z]{2}$/.test(code)) return code;
  return new Intl.DisplayNames(language.value, { type: "region" }).of(code) ?? code;
}
