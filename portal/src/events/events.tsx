// Live events as they come: what a program on the same socket would hear.
import { useState } from "preact/hooks";
import { useLive, type LiveEvent } from "../app/live";
import { DeveloperTabs } from "../app/parts";
import { t, tn } from "../app/words";
import { Empty, ExactTime, Head } from "../ui/basics";

const KEPT = 200;
// Of what comes together (LiveEvents tells a few times a second) so many are shown, and the others
// counted: nobody reads more, and the page has time for whoever uses it.
const SHOWN_AT_ONCE = 20;
type Heard = { id: number; at: string; type: string; body: string };
let count = 0;

function written(event: LiveEvent): Heard {
  const body = JSON.stringify(event, null, 2);
  return { id: ++count, at: new Date().toISOString(), type: event.type, body };
}

export default function Events() {
  const [heard, setHeard] = useState<Heard[]>([]);
  const [held, setHeld] = useState(false);
  const [leftOut, setLeftOut] = useState(0);
  useLive((events) => {
    if (held) return;
    const told = events.filter(({ type, first }) => !first && type !== "left_out");
    const uncounted = events
      .filter(({ type }) => type === "left_out")
      .reduce((sum, one) => sum + Number(one.count), 0);
    const more = Math.max(told.length - SHOWN_AT_ONCE, 0) + uncounted;
    if (more > 0) setLeftOut((before) => before + more);
    const shown = told.slice(-SHOWN_AT_ONCE).map(written).reverse();
    setHeard((before) => [...shown, ...before].slice(0, KEPT));
  });
  const clear = () => {
    setHeard([]);
    setLeftOut(0);
  };
  return (
    <>
      <Head title={t("Events")}>
        <button type="button" aria-pressed={held} onClick={() => setHeld(!held)}>
          {held ? t("Go on") : t("Hold")}
        </button>
        <button type="button" onClick={clear}>
          {t("Clear")}
        </button>
      </Head>
      <DeveloperTabs current="/events" />
      {leftOut > 0 && (
        <p class="left-out">
          {tn(
            "{n} event came too fast to be shown, and was counted.",
            "{n} events came too fast to be shown, and were counted.",
            leftOut,
          )}
        </p>
      )}
      {heard.length === 0 ? (
        <Empty title={t("Listening…")}>
          <p>{t("Each event appears here the moment it happens. Send a message to see some.")}</p>
        </Empty>
      ) : (
        <ul class="events" aria-live="polite">
          {heard.map((one) => (
            <li key={one.id}>
              <details>
                <summary>
                  <span class="code">{one.type}</span> <ExactTime at={one.at} />
                </summary>
                <pre tabIndex={0}>{one.body}</pre>
              </details>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
