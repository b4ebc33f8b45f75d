// Loading what a screen shows, and loading it again when it has changed.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { Failure } from "./api";
import { useLive } from "./live";
import { environment } from "./session";

const SETTLE_MS = 700; // many events are one load

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
// nothing live changes is not asked for again when the page begins to listen.
export function useLoad<T>(load: () => Promise<T>, deps: unknown[], live: string[] = []): Load<T> {
  const [state, setState] = useState<{ data?: T; failure?: Failure }>({});
  const turn = useRef(0);
  const latest = useRef(load);
  latest.current = load;
  const reload = useCallback(async () => {
    const mine = ++turn.current;
    try {
      const data = await latest.current();
      if (mine === turn.current) setState({ data });
    } catch (thrown) {
      if (mine === turn.current) setState((before) => ({ ...before, failure: asFailure(thrown) }));
    }
  }, []);
  useEffect(() => {
    setState({});
    void reload();
    return () => void turn.current++;
  }, [...deps, environment.value]);
  const due = useRef(0);
  useLive((event) => {
    const missed = event.type === "resync" && !(event.first && live.length === 0);
    if (due.current || !(missed || live.includes(event.type))) return;
    due.current = window.setTimeout(() => {
      due.current = 0;
      void reload();
    }, SETTLE_MS);
  });
  useEffect(() => () => clearTimeout(due.current), []);
  const set = useCallback((data: T) => setState({ data }), []);
  return { data: state.data, failure: state.failure, reload, set };
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
