// Why a message failed, in words.
import type { Words } from "made/words";
import { t } from "../app/words";

const REASONS: Record<string, Words> = {
  UNDELIV: "The carrier could not deliver it.",
  REJECTD: "The carrier rejected it.",
  EXPIRED: "The phone could not be reached in time.",
  DELETED: "The carrier deleted it.",
  UNKNOWN: "The carrier does not know what became of it.",
  SUBMIT_FAIL: "No carrier took it. It was refunded.",
  SUBMIT_UNKNOWN: "No carrier answered. It was refunded.",
  OPTED_OUT: "The recipient has opted out. It was refunded.",
  NO_ROUTE: "The route was switched off. It was refunded.",
  SENDER_NOT_APPROVED: "The sender name is no longer approved. It was refunded.",
  ACCOUNT_CLOSED: "The account was closed. It was refunded.",
};

export function reasonText(code: string): string {
  return t(REASONS[code] ?? "It failed.");
}
