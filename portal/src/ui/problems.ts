// What the API's error codes mean, in the reader's language.
import type { Words } from "made/words";
import type { Failure } from "../app/api";
import { language, t, tn } from "../app/words";

const TEXTS: Record<string, Words> = {
  offline: "There was no answer. Look at your connection and try again.",
  invalid_phone:
    "This is no number that can get a text. Write it with its country code, such as +254712345678.",
  no_route: "No route leads to this number.",
  text_too_long: "The text is too long: it may have 10 segments.",
  empty_list: "There is nobody to send to.",
  no_phone_column: "No column of the file holds phone numbers.",
  invalid_csv: "The file cannot be read as a table (CSV).",
  file_too_large: "The file is too large.",
  body_too_large: "This is too large.",
  invalid_recipient_country: "This country cannot be sent to.",
  no_webhook: "No address is set that could be called.",
  wrong_password: "The e-mail or the password is wrong.",
  wrong_code: "The code is wrong, or was used already. Wait for the next one.",
  wrong_passkey: "This passkey opens nothing here.",
  wrong_identity: "The identity provider did not sign you in.",
  not_signed_in: "The identity provider did not sign you in.",
  passkey_not_shown: "No passkey was shown. Try again, or go another way.",
  passkey_known: "This device has a passkey of yours already.",
  passkey_elsewhere: "Passkeys are for another address than this one.",
  second_factor_stale: "Nothing was done: the second factor was not shown.",
  link_invalid: "This link was used already, or is too old.",
  expired_token: "The session has ended. Sign in again.",
  insufficient_scope: "Your role does not allow this. Ask an owner of the account.",
  sender_id_not_approved: "This sender name is not approved for the recipient's country.",
  account_suspended: "The account is suspended. Ask those who run the platform.",
  recipient_opted_out: "This number has asked for no more texts.",
  not_found: "This is not here, or not any more.",
  not_cancellable: "It has left already and cannot be cancelled.",
  not_retryable: "It cannot be sent again in its present state.",
  max_retries_exceeded: "It was sent again too often already.",
  not_reschedulable: "It has left already and cannot be moved.",
  invalid_state: "This is not possible in its present state.",
  quote_changed: "The price has changed since it was worked out. Look at the new one.",
  idempotency_in_progress: "The same request is still being worked on. Wait a moment.",
  already_exists: "This is there already.",
  validation_error: "Something in the form is wrong.",
  insufficient_balance: "The balance is too low. Top up, then try again.",
  service_unavailable: "The service cannot answer at the moment. Try again in a few seconds.",
  internal_error: "Something went wrong on our side.",
};

// Of these the API says in English what a program does next.
const FOR_PROGRAMS = ["second_factor_stale"];

export function problemText(failure: Failure): string {
  if (failure.code === "rate_limited") {
    const seconds = Math.max(failure.retryAfter, 1);
    return tn(
      "Too many attempts. Wait {n} second.",
      "Too many attempts. Wait {n} seconds.",
      seconds,
    );
  }
  // In English the API's own words say more: which value, which limit.
  const ours = FOR_PROGRAMS.includes(failure.code);
  if (language.value === "en" && failure.text && !ours) return failure.text;
  return t(TEXTS[failure.code] ?? "This was refused.");
}

// What is wrong with a field, beside it.
export function fieldText({ type, text }: { type: string; text: string }): string {
  if (language.value === "en") return text;
  if (type.includes("missing")) return t("This is missing.");
  return t("This is not valid.");
}
