// Live events for a web page: connects, authenticates, resumes and reconnects by itself.
//
//   import { LiveEvents } from "/live-events.js";
//   const live = new LiveEvents({ url: "wss://sms.example/ws" });       // the session cookie
//   live.on("message_status", (event) => showStatus(event.message_id, event.status));
//   live.on("resync", () => loadEverythingOverRest());
//   live.start();
//
// Options: `url`; `apiKey`, or `token`, a function that gives (or promises) a fresh token for every
// connection, as those of POST /v1/ws/token work once; without either the cookie is used. `events`:
// names of events, to hear others than the vocabulary of the way in.
//
// Handlers hear an event's type, or "*" for all. Two more are made here:
//   "resync"  what this page shows may be old: load it over REST. Said after the first connection,
//             and whenever the server cannot prove that nothing was missed.
//   "state"   "connecting", "open" or "waiting" (for the next attempt).
// Every event is heard once: one that comes again, which the server may do after a fault of its own,
// is dropped.

const FIRST_DELAY_MS = 1000;
const MAX_DELAY_MS = 30_000;
const PING_EVERY_MS = 30_000;
const SILENCE_MAX_MS = 75_000; // two pings without an answer: the connection is dead
const REMEMBERED_EVENTS = 1000;

export class LiveEvents {
  #options;
  #handlers = new Map();
  #socket = null;
  #lastEventId = null;
  #seen = new Set();
  #attempts = 0;
  #timers = {};
  #stopped = true;

  constructor(options) {
    this.#options = options;
  }

  on(type, handler) {
    if (!this.#handlers.has(type)) this.#handlers.set(type, new Set());
    this.#handlers.get(type).add(handler);
    return () => this.#handlers.get(type).delete(handler);
  }

  start() {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#connect();
  }

  stop() {
    this.#stopped = true;
    this.#clearTimers();
    this.#socket?.close(1000);
    this.#socket = null;
  }

  // The id to go on from, for a page that keeps it over a reload: give it back as `resumeFrom`.
  get lastEventId() {
    return this.#lastEventId;
  }

  async #connect() {
    const { url, apiKey, token, events, resumeFrom } = this.#options;
    this.#emit("state", "connecting");
    this.#lastEventId ??= resumeFrom ?? null;
    let auth = null;
    try {
      if (apiKey) auth = { type: "auth", apiKey };
      if (token) auth = { type: "auth", token: await token() };
    } catch {
      return this.#retry();
    }
    if (this.#stopped) return;
    const wishes = {};
    if (events) wishes.events = events;
    if (this.#lastEventId) wishes.resume_from = this.#lastEventId;
    const address = new URL(url, globalThis.location?.href);
    if (!auth) {
      for (const [name, value] of Object.entries(wishes)) address.searchParams.set(name, value);
    }
    const socket = new WebSocket(address);
    this.#socket = socket;
    socket.onopen = () => {
      // The pong comes once the server has let us in, and nothing passes us by from then on.
      socket.send(JSON.stringify(auth ? { ...auth, ...wishes } : { type: "ping" }));
      this.#heard(socket);
    };
    socket.onmessage = ({ data }) => {
      this.#heard(socket);
      this.#receive(JSON.parse(data));
    };
    socket.onclose = () => {
      if (socket === this.#socket) this.#retry();
    };
  }

  #receive(event) {
    switch (event.type) {
      case "ping":
        return;
      case "pong":
      case "auth_ok":
        if (this.#attempts >= 0) this.#opened();
        return;
      case "resync_required":
        this.#lastEventId = null;
        return this.#emit("resync");
      case "auth_error":
        return this.#emit("auth_error", event);
    }
    if (event.event_id) {
      if (this.#seen.has(event.event_id)) return;
      this.#seen.add(event.event_id);
      if (this.#seen.size > REMEMBERED_EVENTS) this.#seen.delete(this.#seen.values().next().value);
      this.#lastEventId = event.event_id;
    }
    this.#emit(event.type, event);
  }

  #opened() {
    this.#attempts = -1; // once a connection
    this.#emit("state", "open");
    // Nothing to go on from: only REST knows what was before.
    if (!this.#lastEventId) this.#emit("resync");
  }

  #heard(socket) {
    clearTimeout(this.#timers.silence);
    this.#timers.silence = setTimeout(() => socket.close(), SILENCE_MAX_MS);
    this.#timers.ping ??= setInterval(() => {
      if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send('{"type":"ping"}');
    }, PING_EVERY_MS);
  }

  // Between half and the whole of a delay that doubles, so that a thousand pages do not come back
  // at the same moment.
  #retry() {
    this.#clearTimers();
    this.#socket = null;
    if (this.#stopped) return;
    this.#attempts = Math.max(this.#attempts, 0);
    const delay = Math.min(FIRST_DELAY_MS * 2 ** this.#attempts++, MAX_DELAY_MS);
    this.#emit("state", "waiting");
    this.#timers.retry = setTimeout(() => this.#connect(), delay * (0.5 + Math.random() / 2));
  }

  #clearTimers() {
    clearTimeout(this.#timers.silence);
    clearTimeout(this.#timers.retry);
    clearInterval(this.#timers.ping);
    this.#timers = {};
  }

  #emit(type, value) {
    for (const handler of this.#handlers.get(type) ?? []) handler(value);
    if (typeof value === "object") for (const handler of this.#handlers.get("*") ?? []) handler(value);
  }
}
