// Whether the operator has set RingCentral up. It is asked for once, when a screen of the account
// is first shown; without an answer, again with the next one.
import { signal } from "@preact/signals";
import { apiV1, must } from "./api";

export const hasRingCentral = signal(false);
let asked = false;

export const readRingCentral = () => must(apiV1.GET("/rc/connections"));

export async function askForRingCentral(): Promise<void> {
  if (asked) return;
  asked = true;
  try {
    hasRingCentral.value = (await readRingCentral()).available;
  } catch {
    asked = false;
  }
}
