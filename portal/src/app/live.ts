// Live events: one socket for the whole page, in the environment that it acts in.
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { LiveEvents, type LiveEvent } from "../../live-events.js";
import { api, apiV1, must } from "./api";
import { balance, environment, me } from "./session";

const EVENTS = [
  "message_status",
  "balance_update",
  "notification",
  "batch_progress",
  "sms_inbound",
];

// "open": what is shown is up to date.
export const liveState = signal<"connecting" | "open" | "waiting">("connecting");

type Handler = (event: LiveEvent) => void;
const handlers = new Set<Handler>();
let current: LiveEvents | null = null;

function tell(event: LiveEvent) {
  if (event.type === "balance_update") {
    balance.value = { amount: Number(event.balance), currency: String(event.currency) };
  }
  for (const handler of handlers) handler(event);
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
  live.on("resync", () => tell({ type: "resync", first: opened <= 1 }));
  live.on("*", tell);
  live.start();
}

export function stopLive() {
  current?.stop();
  current = null;
}

// Calls the handler for each event while the component is there.
export function useLive(handler: Handler) {
  const latest = useRef(handler);
  latest.current = handler;
  useEffect(() => {
    const mine: Handler = (event) => latest.current(event);
    handlers.add(mine);
    return () => void handlers.delete(mine);
  }, []);
}

// While nobody is connected it is told now and then whether the session still lives: a socket that
// is refused does not say why.
setInterval(() => {
  if (me.value && liveState.value === "waiting") void api.GET("/auth/me");
}, 60_000);
