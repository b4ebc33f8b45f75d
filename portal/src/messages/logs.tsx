// All messages, newest first: filters live in the address, new ones come in by themselves.
import { useState } from "preact/hooks";
import { api, must, type Schemas } from "../app/api";
import { useLoad } from "../app/load";
import { useLive } from "../app/live";
import { go, place, withQuery } from "../app/place";
import { countryName, t } from "../app/words";
import { environment, may } from "../app/session";
import { Empty, Head, Loaded, Money, Time } from "../ui/basics";
import { Drawer, Pages, Table, nextAfter, type Column } from "../ui/table";
import { StatusBadge, stateWord } from "../ui/status";
import { MessageStory } from "./story";
import type { ScreenProps } from "../app/routes";

const LIMIT = 50;
const STATUSES: Schemas["Status"][] = [
  "scheduled",
  "queued",
  "submitted",
  "sent",
  "delivered",
  "failed",
  "retrying",
  "cancelled",
  "expired",
];
type Message = Schemas["Message"];

function filters() {
  const query = place.value.query;
  const asked: Record<string, string> = {};
  for (const name of ["status", "to", "batch_id", "date_from", "date_to"]) {
    const value = query.get(name);
    if (value) asked[name] = value;
  }
  return asked;
}

const columns = (): Column<Message>[] => [
  { head: t("To"), cell: (row) => <span class="code">{row.phone}</span> },
  { head: t("Status"), cell: (row) => <StatusBadge of={row.status} /> },
  { head: t("Text"), wide: true, cell: (row) => <span dir="auto">{row.text}</span> },
  { head: t("Sender"), cell: (row) => row.sender_id },
  { head: t("Country"), cell: (row) => countryName(row.country) },
  {
    head: t("Price"),
    end: true,
    cell: (row) => <Money of={row.wallet_cost} currency={row.wallet_currency} />,
  },
  { head: t("When"), end: true, cell: (row) => <Time at={row.created_at} /> },
];

// The list under its filters; a status that changes changes in its row at once.
function useMessages() {
  const asked = filters();
  const after = place.value.query.get("after") ?? undefined;
  const list = useLoad(
    () => must(api.GET("/messages", { params: { query: { ...asked, after, limit: LIMIT } } })),
    [JSON.stringify(asked), after],
    after ? [] : ["message_status"],
    true,
  );
  useLive((events) => {
    if (!list.data) return;
    const states = new Map<unknown, unknown>();
    for (const event of events) {
      if (event.type === "message_status") states.set(event.message_id, event.status);
    }
    if (!list.data.messages.some(({ id }) => states.has(id))) return;
    const messages = list.data.messages.map((row) =>
      states.has(row.id) ? { ...row, status: states.get(row.id) as Message["status"] } : row,
    );
    list.set({ ...list.data, messages });
  });
  return { list, asked };
}

export default function Logs({ id }: ScreenProps) {
  const { list, asked } = useMessages();
  const query = new URLSearchParams({
    ...asked,
    ...(environment.value === "test" ? { environment: "test" } : {}),
  }).toString();
  return (
    <>
      <Head title={t("Logs")}>
        <a class="button" download href={`/api/messages/export?${query}`}>
          {t("Export as CSV")}
        </a>
      </Head>
      <Filters asked={asked} />
      <div class={id ? "beside" : ""}>
        <div class="list">
          <Loaded of={list} lines={12}>
            {({ messages }) =>
              messages.length === 0 ? (
                <NoMessages filtered={Object.keys(asked).length > 0} />
              ) : (
                <>
                  <Table
                    name={t("Logs")}
                    rows={messages}
                    columns={columns()}
                    id={(row) => row.id}
                    current={id}
                    href={(row) =>
                      withQuery({ after: place.value.query.get("after") ?? "" }, `/logs/${row.id}`)
                    }
                  />
                  <Pages next={nextAfter(messages, LIMIT, (row) => row.id)} />
                </>
              )
            }
          </Loaded>
        </div>
        {id && (
          <Drawer
            title={t("Message")}
            back={withQuery({ after: place.value.query.get("after") ?? "" }, "/logs")}
          >
            <MessageStory id={id} key={id} />
          </Drawer>
        )}
      </div>
    </>
  );
}

function NoMessages({ filtered }: { filtered: boolean }) {
  if (filtered) {
    return (
      <Empty title={t("No message is like this.")}>
        <a class="button" href="/logs">
          {t("Show all")}
        </a>
      </Empty>
    );
  }
  return (
    <Empty title={t("No message has been sent yet.")}>
      {may.value.send && (
        <a class="button main" href="/send">
          {t("Send a message")}
        </a>
      )}
    </Empty>
  );
}

function Filters({ asked }: { asked: Record<string, string> }) {
  const [number, setNumber] = useState(asked.to ?? "");
  const set = (name: string) => (event: Event) =>
    go(withQuery({ [name]: (event.currentTarget as HTMLInputElement).value }, "/logs"));
  return (
    <form
      class="filters"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        go(withQuery({ to: number.trim() }, "/logs"));
      }}
    >
      <label>
        {t("Number")}
        <input
          type="search"
          value={number}
          onInput={(event) => setNumber(event.currentTarget.value)}
          onBlur={() =>
            number.trim() !== (asked.to ?? "") && go(withQuery({ to: number.trim() }, "/logs"))
          }
        />
      </label>
      <label>
        {t("Status")}
        <select value={asked.status ?? ""} onChange={set("status")}>
          <option value="">{t("All")}</option>
          {STATUSES.map((name) => (
            <option key={name} value={name}>
              {stateWord(name)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t("From")}
        <input type="date" value={asked.date_from ?? ""} onChange={set("date_from")} />
      </label>
      <label>
        {t("Until")}
        <input type="date" value={asked.date_to ?? ""} onChange={set("date_to")} />
      </label>
      {asked.batch_id && (
        <a class="button" href={withQuery({ batch_id: "" }, "/logs")}>
          {t("Campaign")} ✕
        </a>
      )}
      {Object.keys(asked).length > 0 && (
        <a class="button" href="/logs">
          {t("Show all")}
        </a>
      )}
      <button type="submit" class="unseen">
        {t("Search")}
      </button>
    </form>
  );
}
