// Who is signed in, what they may do, and in which environment they act.
import { computed, signal } from "@preact/signals";
import type { Schemas } from "./api";

export type Me = {
  user: Schemas["User"];
  account: Schemas["OwnAccount"];
  permissions: Schemas["Permission"][];
  balance: number;
  currency: string;
};
export type Environment = "live" | "test";

const KEPT = "dundun.environment";

export const me = signal<Me | null>(null);
export const csrf = signal("");
export const environment = signal<Environment>(
  sessionStorage.getItem(KEPT) === "test" ? "test" : "live",
);
// Whether the dialog stands over the page in which somebody signs in again.
export const signInAgain = signal(false);
export const balance = signal<{ amount: number; currency: string } | null>(null);

export const may = computed(() => {
  const permissions = me.value?.permissions ?? [];
  return Object.fromEntries(permissions.map((name) => [name, true])) as Partial<
    Record<Schemas["Permission"], boolean>
  >;
});

export function actIn(name: Environment) {
  sessionStorage.setItem(KEPT, name);
  environment.value = name;
}

let waiting: ((signedIn: boolean) => void)[] = [];

// The session ended while the page was used. Resolves when somebody has signed in again, or said
// that they will not. Before anybody was signed in there is nothing to keep: false at once.
export function sessionEnded(): Promise<boolean> {
  if (!me.value) return Promise.resolve(false);
  signInAgain.value = true;
  return new Promise((resolve) => waiting.push(resolve));
}

export function endWait(signedIn: boolean) {
  signInAgain.value = false;
  for (const resolve of waiting) resolve(signedIn);
  waiting = [];
}

type Login = Omit<Me, "balance" | "currency"> & { csrf_token: string };

// Somebody else's page is not theirs: it is loaded anew.
export function signedIn(login: Login) {
  csrf.value = login.csrf_token;
  const before = me.value;
  if (before && before.user.id !== login.user.id) return location.reload();
  me.value = { ...login, balance: before?.balance ?? 0, currency: login.account.currency };
  endWait(true);
}
