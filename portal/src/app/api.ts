// Calls of the API. Types come from its description: a call that it does not know does not compile.
import createClient from "openapi-fetch";
import type { components, paths } from "made/api";
import { csrf, environment, sessionEnded } from "./session";

export type Schemas = components["schemas"];

// What went wrong, as a person is told it. `code` is the API's, or "offline" when there was no
// answer at all. `fields` are the wrong ones by name, `text` is the API's own English.
export class Failure extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly text: string,
    readonly fields: Record<string, { type: string; text: string }> = {},
    readonly requestId = "",
    readonly retryAfter = 0,
  ) {
    super(`${code}: ${text}`);
  }
}

// Adds what a session's requests bear. When the session has ended somebody may sign in again, over
// the page as it stands, and the request is made once more.
async function guarded(request: Request): Promise<Response> {
  const again = request.clone();
  mark(request);
  const response = await fetch(request);
  if (response.status !== 401 || new URL(request.url).pathname === "/api/auth/login") {
    return response;
  }
  const { detail } = await response
    .clone()
    .json()
    .catch(() => ({ detail: {} }));
  if (detail?.code === "wrong_password" || !(await sessionEnded())) return response;
  mark(again);
  return fetch(again);
}

function mark(request: Request) {
  if (request.method !== "GET") request.headers.set("X-CSRF-Token", csrf.value);
  if (environment.value === "test") request.headers.set("X-Environment", "test");
}

export const api = createClient<paths>({ baseUrl: "/api", fetch: guarded });
// What stands under /v1 alone.
export const apiV1 = createClient<paths>({ baseUrl: "/v1", fetch: guarded });

type Answer<T> = { data?: T; error?: unknown; response: Response };

// The good answer, or throws a Failure.
export async function must<T>(call: Promise<Answer<T>>): Promise<NonNullable<T>> {
  let answer;
  try {
    answer = await call;
  } catch {
    throw new Failure(0, "offline", "");
  }
  if (answer.response.ok) return answer.data as NonNullable<T>;
  throw failureOf(answer.response, answer.error);
}

type ErrorBody = {
  detail?: unknown;
  error?: { code?: string; message?: string; request_id?: string };
};

function failureOf(response: Response, body: unknown): Failure {
  const { detail, error } = (body ?? {}) as ErrorBody;
  const fields: Failure["fields"] = {};
  if (Array.isArray(detail)) {
    for (const { loc, msg, type } of detail) {
      const name = (loc as (string | number)[]).filter((part) => typeof part === "string").at(-1);
      if (name) fields[String(name)] = { type, text: msg };
    }
  }
  const id = error?.request_id ?? response.headers.get("X-Request-Id") ?? "";
  const wait = Number(response.headers.get("Retry-After") ?? 0);
  return new Failure(
    response.status,
    error?.code ?? "internal_error",
    error?.message ?? "",
    fields,
    id,
    wait,
  );
}

// Unlike crypto.randomUUID this is there without TLS too.
export function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// An Idempotency-Key for what a form sends: the same for the same content until it has succeeded,
// so that a click after a lost answer does nothing twice.
export class OnceKey {
  private content = "";
  private key = "";

  of(body: unknown): { "Idempotency-Key": string } {
    const content = JSON.stringify(body) + environment.value;
    if (content !== this.content || this.key === "") {
      this.content = content;
      this.key = randomKey();
    }
    return { "Idempotency-Key": this.key };
  }

  done() {
    this.key = "";
  }
}
