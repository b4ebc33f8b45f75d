// Live events: one socket for the whole page, in the environment that it acts in. They are told
// together, a few times a second, because the page is drawn once for all of them: thousands in a
// second leave it responsive.
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { LiveEvents, type LiveEvent } from "../../live-events.js";
import { api, apiV1, must } from "./api";
import { balance, environment, me } from "./session";

export type { LiveEvent };

const EVENTS = [
  "message_status",
  "balance_update",
  "notification",
  "batch_progress",
  "sms_inbound",
];

// "open": what is shown is up to date.
export const liveState = signal<"connecting" | "open" | "waiting">("connecting");

const TELL_EVERY_MS = 100;
// A window in the background is woken seldom: what it heard beyond that is counted.
const WAITING_MAX = 2000;

type Handler = (events: LiveEvent[]) => void;
const handlers = new Set<Handler>();
let current: LiveEvents | null = null;
let waiting: LiveEvent[] = [];
let leftOut = 0;
let due = 0;
let lastBalance: LiveEvent | null = null;

function hear(event: LiveEvent) {
  if (event.type === "balance_update") lastBalance = event;
  if (waiting.length < WAITING_MAX || event.type === "resync") waiting.push(event);
  else ++leftOut;
  due ||= window.setTimeout(tell, TELL_EVERY_MS);
}
// Events that were only counted come as one, "left_out", with their `count`.
function tell() {
  const events = waiting;
  if (leftOut > 0) events.push({ type: "left_out", count: leftOut });
  waiting = [];
  leftOut = 0;
  due = 0;
  if (lastBalance) {
    const { balance: amount, currency } = lastBalance;
    balance.value = { amount: Number(amount), currency: String(currency) };
    lastBalance = null;
  }
  for (const handler of handlers) handler(events);
}

export function startLive() {
  current?.stop();
  const live = new LiveEvents({
    url: "/ws",
    events: EVENTS,
    // A session's cookie hears what is live; a token hears the environment that it was asked for.
    ...(environment.value === "test"
      ? { token: async () => (await must(apiV1.POST("/ws/token"))).token }
      : {}),
  });
  current = live;
  let opened = 0;
  live.on("state", (state) => {
    liveState.value = state;
    if (state === "open") opened++;
  });
  // `first`: the page listens from now on. What it asked for before is as old as that question.
  live.on("resync", () => hear({ type: "resync", first: opened <= 1 }));
  live.on("*", hear);
  live.start();
}

export function stopLive() {
  current?.stop();
  current = null;
}

// Calls the handler while the component is there, with the events that came since the last call.
export function useLive(handler: Handler) {
  const latest = useRef(handler);
  latest.current = handler;
  useEffect(() => {
    const mine: Handler = (events) => latest.current(events);
    handlers.add(mine);
    return () => void handlers.delete(mine);
  }, []);
}

// While nobody is connected it is told now and then whether the session still lives: a socket that
// is refused does not say why.
setInterval(() => {
  if (me.value && liveState.value === "waiting") void api.GET("/auth/me");
}, 60_000);
