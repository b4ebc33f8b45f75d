// What is called when something happens: where to, and the log of each call.
import { api, must, OnceKey, type Schemas } from "../app/api";
import { useAction, useLoad } from "../app/load";
import { DeveloperTabs } from "../app/parts";
import { go, place, withQuery } from "../app/place";
import type { ScreenProps } from "../app/routes";
import { number, t } from "../app/words";
import { Copy, Empty, ExactTime, Facts, Head, Loaded, Problem, Time } from "../ui/basics";
import { StatusBadge, stateWord } from "../ui/status";
import { Drawer, Pages, Table, nextAfter, type Column } from "../ui/table";
import { Settings } from "./settings";

const LIMIT = 50;
const STATES = ["pending", "delivered", "dead"] as const;
const once = new OnceKey();

const columns = (): Column<Schemas["Delivery"]>[] => [
  { head: t("Event"), cell: (row) => <span class="code">{row.event}</span> },
  { head: t("Status"), cell: (row) => <StatusBadge of={row.status} /> },
  { head: t("Answer"), end: true, cell: (row) => row.last_status ?? "–" },
  {
    head: t("What went wrong"),
    wide: true,
    cell: (row) => (
      <span lang="en" dir="auto">
        {row.last_error ?? ""}
      </span>
    ),
  },
  { head: t("Attempts"), end: true, cell: (row) => number(row.attempts) },
  { head: t("Next attempt"), end: true, cell: (row) => <Time at={row.next_attempt_at} /> },
  { head: t("When"), end: true, cell: (row) => <Time at={row.created_at} /> },
];

export default function Webhooks({ id }: ScreenProps) {
  const query = place.value.query;
  const after = query.get("after") ?? undefined;
  const status = (query.get("status") ?? undefined) as (typeof STATES)[number] | undefined;
  const list = useLoad(
    () =>
      must(api.GET("/webhooks/deliveries", { params: { query: { after, status, limit: LIMIT } } })),
    [after, status],
    ["message_status", "sms_inbound"],
  );
  return (
    <>
      <Head title={t("Webhooks")} />
      <DeveloperTabs current="/webhooks" />
      <Settings tested={list.reload} />
      <h2>{t("Calls")}</h2>
      <form class="filters">
        <label>
          {t("Status")}
          <select
            value={status ?? ""}
            onChange={(event) => go(withQuery({ status: event.currentTarget.value }, "/webhooks"))}
          >
            <option value="">{t("All")}</option>
            {STATES.map((name) => (
              <option key={name} value={name}>
                {stateWord(name)}
              </option>
            ))}
          </select>
        </label>
        <button type="button" onClick={() => void list.reload()}>
          {t("Look again")}
        </button>
      </form>
      <div class={id ? "beside" : ""}>
        <div class="list">
          <Loaded of={list} lines={8}>
            {({ deliveries }) =>
              deliveries.length === 0 ? (
                <Empty title={t("Nothing was called yet.")} />
              ) : (
                <>
                  <Table
                    name={t("Calls")}
                    rows={deliveries}
                    columns={columns()}
                    id={(row) => row.id}
                    current={id}
                    href={(row) => withQuery({ after: after ?? "" }, `/webhooks/${row.id}`)}
                  />
                  <Pages next={nextAfter(deliveries, LIMIT, (row) => row.id)} />
                </>
              )
            }
          </Loaded>
        </div>
        {id && (
          <Drawer title={t("Call")} back={withQuery({ after: after ?? "" }, "/webhooks")}>
            <Delivery id={id} key={id} changed={list.reload} />
          </Drawer>
        )}
      </div>
    </>
  );
}

function Delivery({ id, changed }: { id: string; changed: () => Promise<void> }) {
  const path = { id };
  const call = useLoad(
    () => must(api.GET("/webhooks/deliveries/{id}", { params: { path } })),
    [id],
  );
  const replay = useAction(async () => {
    const header = once.of([id, call.data?.attempts]);
    await must(api.POST("/webhooks/deliveries/{id}/replay", { params: { path, header } }));
    once.done();
    await Promise.all([call.reload(), changed()]);
  });
  return (
    <Loaded of={call} lines={8}>
      {(one) => (
        <>
          <p class="lead">
            <StatusBadge of={one.status} /> <Copy text={one.id} />
          </p>
          <Facts
            of={[
              [t("Event"), <span class="code">{one.event}</span>],
              !!one.message_id && [
                t("Message"),
                one.message_id.startsWith("msg") ? (
                  <a class="code" href={`/logs/${one.message_id}`}>
                    {one.message_id}
                  </a>
                ) : (
                  <Copy text={one.message_id} />
                ),
              ],
              [t("Attempts"), number(one.attempts)],
              !!one.last_attempt_at && [t("Last attempt"), <ExactTime at={one.last_attempt_at} />],
              one.last_ms !== null && [t("Took, in milliseconds"), number(one.last_ms)],
              !!one.next_attempt_at && [t("Next attempt"), <Time at={one.next_attempt_at} />],
            ]}
          />
          <h3>{t("What your server answered")}</h3>
          <p>
            {one.last_status ?? "–"}{" "}
            <span lang="en" dir="auto">
              {one.last_error ?? ""}
            </span>
          </p>
          {one.last_answer && (
            <pre tabIndex={0} dir="auto">
              {one.last_answer}
            </pre>
          )}
          <h3>{t("What it was sent")}</h3>
          <pre tabIndex={0} dir="auto">
            {JSON.stringify(one.payload, null, 2)}
          </pre>
          <Problem failure={replay.failure} />
          <div class="buttons">
            <button
              type="button"
              class="main"
              aria-disabled={replay.busy}
              onClick={() => void replay.run()}
            >
              {t("Call again")}
            </button>
            <button type="button" onClick={() => void call.reload()}>
              {t("Look again")}
            </button>
          </div>
        </>
      )}
    </Loaded>
  );
}
