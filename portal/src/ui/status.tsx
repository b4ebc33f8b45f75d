// The states of things, by word and shape.
import type { Words } from "made/words";
import type { Schemas } from "../app/api";
import { t } from "../app/words";
import { Badge, type Tone } from "./basics";

type State =
  | Schemas["Status"]
  | Schemas["BatchStatus"]
  | Schemas["VerificationStatus"]
  | "dead"
  | "approved"
  | "rejected"
  | "active"
  | "suspended"
  | "closed"
  | "revoked"
  | "off";

export const STATES: Record<State, [Tone, Words]> = {
  scheduled: ["still", "Scheduled"],
  queued: ["busy", "Queued"],
  submitted: ["busy", "Submitted"],
  sent: ["busy", "Sent"],
  delivered: ["good", "Delivered"],
  failed: ["bad", "Failed"],
  retrying: ["busy", "Trying again"],
  cancelled: ["still", "Cancelled"],
  canceled: ["still", "Cancelled"],
  expired: ["warn", "Expired"],
  sending: ["busy", "Sending"],
  dripping: ["busy", "Dripping"],
  paused: ["warn", "Paused"],
  completed: ["good", "Completed"],
  pending: ["busy", "Waiting"],
  approved: ["good", "Approved"],
  rejected: ["bad", "Rejected"],
  dead: ["bad", "Given up"],
  active: ["good", "Active"],
  suspended: ["warn", "Suspended"],
  closed: ["bad", "Closed"],
  revoked: ["bad", "Revoked"],
  off: ["still", "Off"],
};

export function StatusBadge({ of }: { of: string }) {
  const known = STATES[of as State];
  return <Badge tone={known?.[0] ?? "still"}>{known ? t(known[1]) : of}</Badge>;
}

export function stateWord(of: string): string {
  const known = STATES[of as State];
  return known ? t(known[1]) : of;
}
