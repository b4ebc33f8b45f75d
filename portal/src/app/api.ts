// Calls of the API. Types come from its description: a call that it does not know does not compile.
import createClient from "openapi-fetch";
import type { components, paths } from "made/api";
import { csrf, environment, factorStale, sessionEnded } from "./session";

export type Schemas = components["schemas"];

// What went wrong, as a person is told it. `code` is the API's, or "offline" when there was no
// answer at all. `fields` are the wrong ones by name, `text` is the API's own English, `detail` is
// what else it says of this one.
export class Failure extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly text: string,
    readonly fields: Record<string, { type: string; text: string }> = {},
    readonly requestId = "",
    readonly retryAfter = 0,
    readonly detail: Record<string, unknown> = {},
  ) {
    super(`${code}: ${text}`);
  }
}

// A request may be stopped by a session that ended, then by a second factor that was shown too long
// ago.
const MENDS_MAX = 2;

// Adds what a session's requests bear. What somebody can mend on the spot, over the page as it
// stands, is asked of them, and the request is made once more: nothing that they typed is lost.
async function guarded(request: Request): Promise<Response> {
  let next = request;
  for (let mends = 0; ; ++mends) {
    const again = next.clone();
    mark(next);
    const response = await fetch(next);
    if (mends === MENDS_MAX || !(await mended(response))) return response;
    next = again;
  }
}

// 401 of these tells of what was typed, or of a login that is under way, and not of the session.
const NO_END = [
  "wrong_password",
  "wrong_code",
  "wrong_passkey",
  "wrong_identity",
  "second_factor_required",
];

async function mended(response: Response): Promise<boolean> {
  if (response.status !== 401 && response.status !== 403) return false;
  if (new URL(response.url).pathname.startsWith("/api/auth/login")) return false;
  const body = await response
    .clone()
    .json()
    .catch(() => null);
  const code = body?.detail?.code;
  if (response.status === 403) return code === "second_factor_stale" && factorStale();
  return !NO_END.includes(code) && sessionEnded();
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
  error?: { code?: string; message?: string; request_id?: string } | string;
};

// The second dialect says what is wrong as a text, without a code.
const CODES: Record<number, string> = {
  400: "validation_error",
  403: "insufficient_scope",
  404: "not_found",
  409: "invalid_state",
  429: "rate_limited",
  503: "service_unavailable",
};

function failureOf(response: Response, body: unknown): Failure {
  const { detail, error: said } = (body ?? {}) as ErrorBody;
  const error =
    typeof said === "string"
      ? { code: CODES[response.status], message: said, request_id: undefined }
      : said;
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
    detail && typeof detail === "object" && !Array.isArray(detail) ? { ...detail } : {},
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
