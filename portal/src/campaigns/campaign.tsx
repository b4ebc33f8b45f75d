// A campaign as it goes: progress, what can be done with it, errors, its messages.
import { useState } from "preact/hooks";
import { api, must } from "../app/api";
import type { paths } from "made/api";
import { useAction, useLoad } from "../app/load";
import { place } from "../app/place";
import type { ScreenProps } from "../app/routes";
import { may } from "../app/session";
import { money, number, percent, t, tn } from "../app/words";
import { Copy, Facts, Head, Loaded, Money, Problem, Time } from "../ui/basics";
import { Confirm, Field } from "../ui/forms";
import { StatusBadge, stateWord } from "../ui/status";
import { Pages, Table, nextAfter } from "../ui/table";
import { reasonText } from "../messages/reasons";

const LIMIT = 50;
type Batch =
  paths["/messages/batch/{id}"]["get"]["responses"]["200"]["content"]["application/json"];

export default function Campaign({ id = "" }: ScreenProps) {
  const after = place.value.query.get("after") ?? undefined;
  const path = { id };
  const batch = useLoad(
    () =>
      must(api.GET("/messages/batch/{id}", { params: { path, query: { after, limit: LIMIT } } })),
    [id, after],
    ["batch_progress", "message_status"],
  );
  return (
    <>
      <Head title={batch.data?.name || t("Campaign")}>
        <a class="button" href="/campaigns">
          {t("All campaigns")}
        </a>
      </Head>
      <Loaded of={batch} lines={10}>
        {(one) => (
          <>
            <Progress of={one} />
            {may.value.send && <Steering of={one} reload={batch.reload} />}
            <p class="text" dir="auto">
              {one.text}
            </p>
            <Facts
              of={[
                [t("Id"), <Copy text={one.batch_id} />],
                [t("Price"), <Money of={one.cost} currency={one.currency} />],
                [
                  t("Refunded"),
                  <Money of={one.refunded + one.messages_refunded} currency={one.currency} />,
                ],
                one.drip_rate !== null && [t("Messages a minute"), number(one.drip_rate)],
                !!one.scheduled_at && [t("Begin"), <Time at={one.scheduled_at} />],
                !!one.eta && [t("Ends"), <Time at={one.eta} />],
                !!one.finished_at && [t("Ended"), <Time at={one.finished_at} />],
              ]}
            />
            <Messages of={one} />
          </>
        )}
      </Loaded>
    </>
  );
}

function Progress({ of }: { of: Batch }) {
  const counts = Object.entries(of.counts).filter(([, count]) => count > 0);
  return (
    <section class="card">
      <p class="lead">
        <StatusBadge of={of.status} />{" "}
        <span role="status">
          {t("{made} of {total}", { made: of.made, total: of.total_recipients })}
        </span>
      </p>
      <progress
        class="long"
        max={Math.max(of.total_recipients, 1)}
        value={of.made}
        aria-label={t("Progress")}
      />
      <ul class="counts">
        {counts.map(([state, count]) => (
          <li key={state}>
            <StatusBadge of={state} /> <span class="number">{number(count)}</span>{" "}
            <span class="quiet">{percent((count / Math.max(of.total_recipients, 1)) * 100)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

type Step = "pause" | "resume" | "cancel";

function Steering({ of, reload }: { of: Batch; reload: () => Promise<void> }) {
  const path = { id: of.batch_id };
  const [asking, setAsking] = useState<"cancel" | "rate">();
  const [rate, setRate] = useState(String(of.drip_rate ?? 60));
  const steer = useAction(async (step: Step) => {
    await must(api.POST(`/messages/batch/{id}/${step}`, { params: { path } }));
    setAsking(undefined);
    await reload();
  });
  const change = useAction(async () => {
    await must(
      api.POST("/messages/batch/{id}/rate", {
        params: { path },
        body: { drip_rate: Number(rate) },
      }),
    );
    setAsking(undefined);
    await reload();
  });
  const runs = ["scheduled", "sending", "dripping"].includes(of.status);
  const left = of.total_recipients - of.made;
  return (
    <div class="buttons">
      {runs && of.status !== "scheduled" && (
        <button type="button" onClick={() => void steer.run("pause")}>
          {t("Pause")}
        </button>
      )}
      {of.status === "paused" && (
        <button type="button" class="main" onClick={() => void steer.run("resume")}>
          {t("Go on")}
        </button>
      )}
      {of.status === "dripping" && (
        <button type="button" onClick={() => setAsking("rate")}>
          {t("Change the pace")}
        </button>
      )}
      {(runs || of.status === "paused") && (
        <button type="button" class="danger" onClick={() => setAsking("cancel")}>
          {t("Cancel§verb")}
        </button>
      )}
      {of.counts.failed > 0 && (
        <>
          <a class="button" href={`/logs?batch_id=${of.batch_id}&status=failed`}>
            {t("Those that failed")}
          </a>
          <a class="button" href={`/campaigns/new?again=${of.batch_id}`}>
            {tn(
              "Send again to {n} that failed",
              "Send again to {n} that failed§many",
              of.counts.failed,
            )}
          </a>
        </>
      )}
      {asking !== "cancel" && <Problem failure={steer.failure} />}
      {asking === "cancel" && (
        <Confirm
          title={t("Cancel the campaign?")}
          text={tn(
            "{n} message is not made yet. It will not be sent, and {price} comes back.",
            "{n} messages are not made yet. They will not be sent, and {price} comes back.",
            left,
            { price: money(of.cost - of.cost_so_far, of.currency) },
          )}
          action={t("Cancel and refund {price}", {
            price: money(of.cost - of.cost_so_far, of.currency),
          })}
          act={{ ...steer, run: () => steer.run("cancel") }}
          onClose={() => setAsking(undefined)}
        />
      )}
      {asking === "rate" && (
        <Confirm
          title={t("Change the pace")}
          action={t("Change it")}
          danger={false}
          act={change}
          onClose={() => setAsking(undefined)}
        >
          <Field label={t("Messages a minute")} name="drip_rate" failure={change.failure}>
            <input
              type="number"
              required
              min={1}
              max={600}
              value={rate}
              onInput={(event) => setRate(event.currentTarget.value)}
            />
          </Field>
        </Confirm>
      )}
    </div>
  );
}

// Errors grouped: of the page that is shown, with a way to all of a kind.
function Messages({ of }: { of: Batch }) {
  const errors = new Map<string, number>();
  for (const { error_code } of of.messages) {
    if (error_code) errors.set(error_code, (errors.get(error_code) ?? 0) + 1);
  }
  return (
    <section>
      <h2>{t("Messages")}</h2>
      {errors.size > 0 && (
        <ul class="plain">
          {[...errors].map(([code, count]) => (
            <li key={code}>
              <StatusBadge of="failed" /> {number(count)} × {reasonText(code)}{" "}
              <span class="code quiet">{code}</span>
            </li>
          ))}
        </ul>
      )}
      <Table
        name={t("Messages")}
        rows={of.messages}
        id={(row) => row.id}
        href={(row) => `/logs/${row.id}?batch_id=${of.batch_id}`}
        columns={[
          { head: t("To"), cell: (row) => <span class="code">{row.phone}</span> },
          { head: t("Status"), cell: (row) => <StatusBadge of={row.status} /> },
          { head: t("Text"), wide: true, cell: (row) => <span dir="auto">{row.text}</span> },
          {
            head: t("Price"),
            end: true,
            cell: (row) => <Money of={row.wallet_cost} currency={row.wallet_currency} />,
          },
        ]}
      />
      {of.messages.length === 0 && <p class="quiet">{stateWord("pending")}</p>}
      <Pages next={nextAfter(of.messages, LIMIT, (row) => row.id)} />
    </section>
  );
}
