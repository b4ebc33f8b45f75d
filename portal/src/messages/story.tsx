// The whole story of a message: what it is, each step live, why it went that way, and what can be
// done with it.
import { useState } from "preact/hooks";
import { api, must, OnceKey, type Schemas } from "../app/api";
import { useAction, useLoad } from "../app/load";
import { useLive, type LiveEvent } from "../app/live";
import { go } from "../app/place";
import { may } from "../app/session";
import { countryName, money, t } from "../app/words";
import { Copy, ExactTime, Facts, Loaded, Money, Problem, Time } from "../ui/basics";
import { Confirm, Field } from "../ui/forms";
import { StatusBadge, stateWord } from "../ui/status";
import { reasonText } from "./reasons";

const CANCELLABLE = ["scheduled", "queued"];
const MOVABLE = ["scheduled"];
const once = new OnceKey();

export function MessageStory({ id }: { id: string }) {
  const story = useLoad(() => must(api.GET("/messages/{id}", { params: { path: { id } } })), [id]);
  useLive((events) => {
    // Before the first answer is here too: it may be of before the event.
    const concerns = (event: LiveEvent) =>
      (event.type === "message_status" && event.message_id === (story.data?.id ?? id)) ||
      (event.type === "resync" && event.first) ||
      event.type === "left_out";
    if (events.some(concerns)) void story.reload();
  });
  return (
    <Loaded of={story} lines={8}>
      {(message) => (
        <>
          <p class="lead">
            <StatusBadge of={message.status} /> <Copy text={message.id} />
          </p>
          {message.error_code && (
            <p class="reason">
              <strong>{reasonText(message.error_code)}</strong>{" "}
              <span class="code">{message.error_code}</span>
              {message.error_message && (
                <>
                  <br />
                  <span lang="en">{message.error_message}</span>
                </>
              )}
            </p>
          )}
          <p class="text" dir="auto">
            {message.text}
          </p>
          <Facts
            of={[
              [
                t("To"),
                <>
                  <Copy text={message.phone} /> {countryName(message.country)}
                </>,
              ],
              [t("Sender"), message.sender_id],
              [t("Segments"), `${message.segments} · ${message.encoding}`],
              [t("Price"), <Money of={message.wallet_cost} currency={message.wallet_currency} />],
              [t("Route"), message.route],
              !!message.scheduled_at && [
                t("Scheduled for"),
                <ExactTime at={message.scheduled_at} />,
              ],
            ]}
          />
          <Timeline of={message.timeline} />
          {may.value.send && <Actions message={message} reload={story.reload} />}
          <Why id={message.id} />
        </>
      )}
    </Loaded>
  );
}

function Timeline({ of }: { of: Schemas["Event"][] }) {
  return (
    <>
      <h3>{t("Timeline")}</h3>
      <ol class="timeline" aria-live="polite">
        {of.map((event, index) => (
          <li key={index}>
            <span class="step">
              {event.event === event.status ? stateWord(event.status) : eventWord(event.event)}
            </span>
            <ExactTime at={event.at} />
            {event.detail && (
              <span class="quiet" lang="en">
                {event.detail}
              </span>
            )}
          </li>
        ))}
      </ol>
    </>
  );
}

function eventWord(event: string): string {
  if (event === "accepted") return t("Accepted");
  if (event === "held") return t("Held");
  if (event === "refunded") return t("Refunded");
  return stateWord(event);
}

function Actions({
  message,
  reload,
}: {
  message: { id: string; status: string; wallet_cost: number; wallet_currency: string };
  reload: () => Promise<void>;
}) {
  const [asking, setAsking] = useState<"cancel" | "move">();
  const [at, setAt] = useState("");
  const path = { id: message.id };
  const retry = useAction(async () => {
    const header = once.of(message.id);
    const again = await must(api.POST("/messages/{id}/retry", { params: { path, header } }));
    once.done();
    go(`/logs/${again.id}`);
  });
  const cancel = useAction(async () => {
    await must(api.POST("/messages/{id}/cancel", { params: { path } }));
    setAsking(undefined);
    await reload();
  });
  const move = useAction(async () => {
    const body = { scheduled_at: new Date(at).toISOString() };
    await must(api.POST("/messages/{id}/reschedule", { params: { path }, body }));
    setAsking(undefined);
    await reload();
  });
  const price = money(message.wallet_cost, message.wallet_currency);
  return (
    <div class="buttons">
      {message.status === "failed" && (
        <button type="button" onClick={() => void retry.run()} aria-disabled={retry.busy}>
          {t("Send it again for {price}", { price })}
        </button>
      )}
      {MOVABLE.includes(message.status) && (
        <button type="button" onClick={() => setAsking("move")}>
          {t("Move to another time")}
        </button>
      )}
      {CANCELLABLE.includes(message.status) && (
        <button type="button" class="danger" onClick={() => setAsking("cancel")}>
          {t("Cancel and refund")}
        </button>
      )}
      <Problem failure={retry.failure} />
      {asking === "cancel" && (
        <Confirm
          title={t("Cancel this message?")}
          text={t("It will not be sent. {price} comes back.", { price })}
          action={t("Cancel and refund {price}", { price })}
          act={cancel}
          onClose={() => setAsking(undefined)}
        />
      )}
      {asking === "move" && (
        <Confirm
          title={t("Move to another time")}
          action={t("Move it")}
          danger={false}
          act={move}
          onClose={() => setAsking(undefined)}
        >
          <Field label={t("When")} name="scheduled_at" failure={move.failure}>
            <input
              type="datetime-local"
              required
              value={at}
              onInput={(event) => setAt(event.currentTarget.value)}
            />
          </Field>
        </Confirm>
      )}
    </div>
  );
}

// Why this route, these carriers, this sender and this price.
function Why({ id }: { id: string }) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t("Why this way and this price")}</summary>
      {open && <Explanation id={id} />}
    </details>
  );
}

function Explanation({ id }: { id: string }) {
  const why = useLoad(
    () => must(api.GET("/messages/{id}/explain", { params: { path: { id } } })),
    [id],
  );
  return (
    <Loaded of={why}>
      {(said) => (
        <>
          <Facts
            of={[
              [t("Number"), `${said.number.national_format}, ${countryName(said.number.country)}`],
              [t("Route"), said.route.code],
              [
                t("Sender"),
                <>
                  {said.sender.sender_id}{" "}
                  <span class="quiet" lang="en">
                    {said.sender.reason}
                  </span>
                </>,
              ],
              [
                t("Price a segment"),
                <Money of={said.price.price_per_segment} currency={said.price.currency} />,
              ],
              [
                t("Charged"),
                <>
                  <Money of={said.charge.cost} currency={said.charge.currency} />
                  {said.charge.refunded && <> · {t("Refunded")}</>}
                </>,
              ],
              [t("Decided"), <Time at={said.decided_at} />],
            ]}
          />
          <ul class="reasons">
            {said.carriers.candidates.map((candidate) => (
              <li key={candidate.position}>
                {candidate.took_it ? "● " : "○ "}
                {candidate.carrier ?? t("Carrier {n}", { n: candidate.position })}{" "}
                <span class="quiet" lang="en">
                  {candidate.reason}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Loaded>
  );
}
