// Who is signed in, what they may do, and in which environment they act.
import { computed, signal } from "@preact/signals";
import type { Failure, Schemas } from "./api";

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
// Why nobody can say now who is signed in.
export const noAnswer = signal<Failure | null>(null);
export const csrf = signal("");
export const environment = signal<Environment>(
  sessionStorage.getItem(KEPT) === "test" ? "test" : "live",
);
// Whether the dialog stands over the page in which somebody signs in again.
export const signInAgain = signal(false);
// Whether the dialog stands over the page in which somebody shows their second factor again.
export const showFactor = signal(false);
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

// Requests that wait for what a dialog asks of somebody, and go on or give up together.
function waitingRoom(open: (asks: boolean) => void) {
  let waiting: ((go: boolean) => void)[] = [];
  return {
    enter(): Promise<boolean> {
      open(true);
      return new Promise((resolve) => waiting.push(resolve));
    },
    end(go: boolean) {
      open(false);
      for (const resolve of waiting) resolve(go);
      waiting = [];
    },
  };
}
const forSession = waitingRoom((asks) => (signInAgain.value = asks));
const forFactor = waitingRoom((asks) => (showFactor.value = asks));

// The session ended while the page was used. Resolves when somebody has signed in again, or said
// that they will not. Before anybody was signed in there is nothing to keep: false at once.
export function sessionEnded(): Promise<boolean> {
  return me.value ? forSession.enter() : Promise.resolve(false);
}
export const endWait = forSession.end;

// Something dangerous wants the second factor shown lately. Resolves when it was, or will not be.
export const factorStale = forFactor.enter;
export const endFactorWait = forFactor.end;

export type Login = Omit<Me, "balance" | "currency"> & {
  csrf_token: string;
  recovery_codes?: string[];
};

// Somebody else's page is not theirs: it is loaded anew.
export function signedIn(login: Login) {
  csrf.value = login.csrf_token;
  const before = me.value;
  if (before && before.user.id !== login.user.id) return location.reload();
  me.value = { ...login, balance: before?.balance ?? 0, currency: login.account.currency };
  endWait(true);
}
