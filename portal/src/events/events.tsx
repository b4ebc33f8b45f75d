// Live events as they come: what a program on the same socket would hear.
import { useState } from "preact/hooks";
import { useLive } from "../app/live";
import { DeveloperTabs } from "../app/parts";
import { t } from "../app/words";
import { Empty, ExactTime, Head } from "../ui/basics";

const KEPT = 200;
type Heard = { id: number; at: string; type: string; body: string };
let count = 0;

export default function Events() {
  const [heard, setHeard] = useState<Heard[]>([]);
  const [held, setHeld] = useState(false);
  useLive((event) => {
    if (held || event.first) return;
    const one = {
      id: ++count,
      at: new Date().toISOString(),
      type: event.type,
      body: JSON.stringify(event, null, 2),
    };
    setHeard((before) => [one, ...before].slice(0, KEPT));
  });
  return (
    <>
      <Head title={t("Events")}>
        <button type="button" aria-pressed={held} onClick={() => setHeld(!held)}>
          {held ? t("Go on") : t("Hold")}
        </button>
        <button type="button" onClick={() => setHeard([])}>
          {t("Clear")}
        </button>
      </Head>
      <DeveloperTabs current="/events" />
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
