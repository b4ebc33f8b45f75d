// Which screen an address shows. `nginx/api.conf` knows the first words of these addresses: what is
// added here is added there (tests/check/portal.mjs looks).
import type { ComponentType } from "preact";
import type { Words } from "made/words";
import type { SignName } from "../ui/signs";
import type { Schemas } from "./api";

export type ScreenProps = { id?: string };
type Part = { default: ComponentType<ScreenProps> };
type Right = Schemas["Permission"];

export type Screen = {
  pattern: string; // `:id` stands for one part of the path
  load: () => Promise<Part>;
  needs?: Right;
  first?: true; // of the first view: its code and words come with the page
};

export const SCREENS: Screen[] = [
  { pattern: "/", load: () => import("../overview/overview"), first: true },
  { pattern: "/send", load: () => import("../messages/send"), needs: "send" },
  { pattern: "/logs", load: () => import("../messages/logs") },
  { pattern: "/logs/:id", load: () => import("../messages/logs") },
  { pattern: "/campaigns", load: () => import("../campaigns/campaigns") },
  { pattern: "/campaigns/new", load: () => import("../campaigns/new"), needs: "send" },
  { pattern: "/campaigns/:id", load: () => import("../campaigns/campaign") },
  { pattern: "/contacts", load: () => import("../contacts/lists") },
  { pattern: "/contacts/:id", load: () => import("../contacts/list") },
  { pattern: "/inbox", load: () => import("../inbox/inbox") },
  { pattern: "/inbox/:id", load: () => import("../inbox/inbox") },
  { pattern: "/opt-outs", load: () => import("../inbox/opt-outs") },
  { pattern: "/keys", load: () => import("../keys/keys"), needs: "admin" },
  { pattern: "/webhooks", load: () => import("../webhooks/webhooks"), needs: "webhooks" },
  { pattern: "/webhooks/:id", load: () => import("../webhooks/webhooks"), needs: "webhooks" },
  { pattern: "/events", load: () => import("../events/events") },
  { pattern: "/verify", load: () => import("../verify/verify") },
  { pattern: "/errors", load: () => import("../messages/errors") },
  { pattern: "/balance", load: () => import("../balance/balance") },
  { pattern: "/prices", load: () => import("../balance/prices") },
  { pattern: "/sender-ids", load: () => import("../senders/senders") },
  { pattern: "/team", load: () => import("../account/team"), needs: "admin" },
  { pattern: "/audit", load: () => import("../account/audit"), needs: "admin" },
  { pattern: "/workspace", load: () => import("../account/workspace"), needs: "admin" },
  { pattern: "/ringcentral", load: () => import("../account/ringcentral") },
  { pattern: "/notifications", load: () => import("../account/notifications") },
  { pattern: "/profile", load: () => import("../account/profile") },
  { pattern: "/platform", load: () => import("../platform/accounts"), needs: "platform" },
  {
    pattern: "/platform/accounts/:id",
    load: () => import("../platform/account"),
    needs: "platform",
  },
  { pattern: "/platform/senders", load: () => import("../platform/senders"), needs: "platform" },
  { pattern: "/platform/routes", load: () => import("../platform/routes"), needs: "platform" },
  { pattern: "/platform/routes/:id", load: () => import("../platform/routes"), needs: "platform" },
  { pattern: "/platform/carriers", load: () => import("../platform/carriers"), needs: "platform" },
  {
    pattern: "/platform/carriers/:id",
    load: () => import("../platform/carriers"),
    needs: "platform",
  },
  { pattern: "/platform/prices", load: () => import("../platform/prices"), needs: "platform" },
  { pattern: "/platform/numbers", load: () => import("../platform/numbers"), needs: "platform" },
  { pattern: "/platform/receipts", load: () => import("../platform/receipts"), needs: "platform" },
  { pattern: "/platform/upkeep", load: () => import("../platform/upkeep"), needs: "platform" },
];

// What is shown without a session, too: forgotten passwords, and the links of mails.
export const OUTSIDE: Screen[] = [
  { pattern: "/forgotten", load: () => import("../signin/forgotten") },
  { pattern: "/signed-in", load: () => import("../signin/oidc") },
  {
    pattern: "/new-password",
    load: () => import("../signin/link").then(({ NewPassword }) => ({ default: NewPassword })),
  },
  {
    pattern: "/invitation",
    load: () => import("../signin/link").then(({ Invitation }) => ({ default: Invitation })),
  },
];

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // an address that somebody made up
  }
}

type Found = { screen: Screen; id?: string };

export function screenOf(path: string, among = SCREENS): Found | null {
  const parts = path.replace(/\/+$/, "").split("/");
  for (const screen of among) {
    const wanted = screen.pattern === "/" ? [""] : screen.pattern.split("/");
    if (wanted.length !== parts.length) continue;
    const at = wanted.indexOf(":id");
    if (wanted.every((word, index) => index === at || word === parts[index])) {
      return { screen, id: at < 0 ? undefined : decoded(parts[at]!) };
    }
  }
  return null;
}

// The rail: at most nine entries. `also` are the addresses that belong to an entry.
export type Entry = {
  href: string;
  name: Words;
  sign: SignName;
  letter: string; // after `g`
  also: string[];
  needs?: Right;
};

export const RAIL: Entry[] = [
  { href: "/", name: "Overview", sign: "overview", letter: "o", also: [] },
  { href: "/send", name: "Send§noun", sign: "send", letter: "s", also: [], needs: "send" },
  { href: "/logs", name: "Logs", sign: "logs", letter: "l", also: [] },
  { href: "/campaigns", name: "Campaigns", sign: "campaigns", letter: "c", also: [] },
  { href: "/contacts", name: "Contacts", sign: "contacts", letter: "p", also: [] },
  { href: "/inbox", name: "Inbox", sign: "inbox", letter: "i", also: ["/opt-outs"] },
  {
    href: "/events",
    name: "Developers",
    sign: "developers",
    letter: "d",
    also: ["/keys", "/webhooks", "/verify", "/errors"],
  },
  {
    href: "/balance",
    name: "Account",
    sign: "account",
    letter: "b",
    also: [
      "/prices",
      "/sender-ids",
      "/ringcentral",
      "/team",
      "/audit",
      "/workspace",
      "/notifications",
      "/profile",
    ],
  },
  {
    href: "/platform",
    name: "Platform",
    sign: "platform",
    letter: "r",
    also: [],
    needs: "platform",
  },
];

export function belongsTo(entry: Entry, path: string): boolean {
  const under = (start: string) => path === start || path.startsWith(start + "/");
  return entry.href === "/" ? path === "/" : [entry.href, ...entry.also].some(under);
}
