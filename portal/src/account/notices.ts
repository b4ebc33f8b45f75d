// What notifications say, in the reader's language: the API's own words are English.
import type { Words } from "made/words";
import type { Schemas } from "../app/api";
import { screenOf } from "../app/routes";
import { language, t } from "../app/words";

const TITLES: Record<string, Words> = {
  low_balance: "The balance is low",
  payment_received: "A payment has come in",
  campaign_finished: "A campaign has ended",
  sender_approved: "A sender name was approved",
  sender_rejected: "A sender name was rejected",
  webhook_disabled: "A webhook was switched off",
  ringcentral_disconnected: "RingCentral is no longer connected",
};

export function noticeTitle(one: Schemas["Notification"]): string {
  const known = TITLES[one.notification_type];
  return language.value === "en" || !known ? one.title : t(known);
}

export function noticeLink(one: Schemas["Notification"]): string | null {
  return screenOf(one.link) ? one.link : null;
}
