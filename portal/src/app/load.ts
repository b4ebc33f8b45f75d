// Loading what a screen shows, and loading it again when it has changed.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { Failure } from "./api";
import { useLive, type LiveEvent } from "./live";
import { environment } from "./session";

const SETTLE_MS = 700; // many events are one load
const KEPT_MAX = 12; // of what one part showed before

function keep<T>(kept: Map<string, T>, key: string, data: T) {
  kept.delete(key);
  kept.set(key, data);
  if (kept.size > KEPT_MAX) kept.delete(kept.keys().next().value!);
}

export type Load<T> = {
  data: T | undefined;
  failure: Failure | undefined;
  reload: () => Promise<void>;
  set: (data: T) => void;
};

const asFailure = (thrown: unknown) =>
  thrown instanceof Failure ? thrown : new Failure(0, "internal_error", String(thrown));

// `load` is called at first, when one of `deps` changes (what was shown goes), and SETTLE_MS after
// a live event of one of the types in `live` (what was shown stays until the new is there). What
// nothing live changes is not asked for again when the page begins to listen. `keeps`: whoever goes
// back to what they saw before sees that until the new is there; not for what is edited, because a
// form would keep the old values.
export function useLoad<T>(
  load: () => Promise<T>,
  deps: unknown[],
  live: string[] = [],
  keeps = false,
): Load<T> {
  const [state, setState] = useState<{ data?: T; failure?: Failure }>({});
  const turn = useRef(0);
  const kept = useRef(new Map<string, T>());
  const key = JSON.stringify([...deps, environment.value]);
  const latest = useRef({ load, key });
  latest.current = { load, key };
  const set = useCallback((data: T) => setState({ data }), []);
  const reload = useCallback(async () => {
    const mine = ++turn.current;
    const asked = latest.current;
    try {
      const data = await asked.load();
      if (keeps) keep(kept.current, asked.key, data);
      if (mine === turn.current) setState({ data });
    } catch (thrown) {
      if (mine === turn.current) setState((before) => ({ ...before, failure: asFailure(thrown) }));
    }
  }, []);
  useEffect(() => {
    setState({ data: kept.current.get(key) });
    void reload();
    return () => void turn.current++;
  }, [key]);
  useReloadOn(live, reload);
  return { data: state.data, failure: state.failure, reload, set };
}

// Calls `reload` SETTLE_MS after an event of one of these types, and after some were missed.
function useReloadOn(live: string[], reload: () => Promise<void>) {
  const due = useRef(0);
  useLive((events) => {
    const changes = ({ type, first }: LiveEvent) => {
      if (type === "left_out") return live.length > 0;
      return live.includes(type) || (type === "resync" && !(first && live.length === 0));
    };
    if (due.current || !events.some(changes)) return;
    due.current = window.setTimeout(() => {
      due.current = 0;
      void reload();
    }, SETTLE_MS);
  });
  useEffect(() => () => clearTimeout(due.current), []);
}

// Something a person started. `run` gives the result, or undefined after a failure, which is shown.
export function useAction<A extends unknown[], R>(act: (...args: A) => Promise<R>) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const running = useRef(false);
  const run = async (...args: A): Promise<R | undefined> => {
    if (running.current) return undefined;
    running.current = true;
    setBusy(true);
    setFailure(undefined);
    try {
      return await act(...args);
    } catch (thrown) {
      setFailure(asFailure(thrown));
      return undefined;
    } finally {
      running.current = false;
      setBusy(false);
    }
  };
  return { run, busy, failure, clear: () => setFailure(undefined) };
}

// The value, once it has not changed for so long.
export function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}
