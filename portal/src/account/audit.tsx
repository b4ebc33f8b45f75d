// Who changed rights, money and settings.
import { api, must, type Schemas } from "../app/api";
import { useLoad } from "../app/load";
import { AccountTabs } from "../app/parts";
import { place } from "../app/place";
import { t } from "../app/words";
import { Empty, ExactTime, Head, Loaded } from "../ui/basics";
import { Pages, Table, nextAfter } from "../ui/table";

const LIMIT = 50;

const detailOf = (detail: unknown) =>
  Object.entries((detail ?? {}) as Record<string, unknown>)
    .map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ");

export function AuditTable({ entries }: { entries: Schemas["AuditPage"]["entries"] }) {
  if (entries.length === 0) return <Empty title={t("Nothing was changed yet.")} />;
  return (
    <>
      <Table
        name={t("Audit")}
        rows={entries}
        id={(row) => row.id}
        columns={[
          { head: t("When"), cell: (row) => <ExactTime at={row.at} /> },
          {
            head: t("Who"),
            cell: (row) => (
              <span dir="auto">{row.actor || `${row.actor_kind} ${row.actor_id}`}</span>
            ),
          },
          { head: t("Did"), cell: (row) => <span class="code">{row.action}</span> },
          { head: t("To what"), cell: (row) => <span class="code">{row.subject}</span> },
          {
            head: t("In detail"),
            wide: true,
            cell: (row) => (
              <span class="code" dir="auto">
                {detailOf(row.detail) || "–"}
              </span>
            ),
          },
          {
            head: t("From where"),
            end: true,
            cell: (row) => <span class="code">{row.address}</span>,
          },
        ]}
      />
      <Pages next={nextAfter(entries, LIMIT, (row) => row.id)} />
    </>
  );
}

export default function Audit() {
  const after = Number(place.value.query.get("after")) || undefined;
  const list = useLoad(
    () => must(api.GET("/audit-log", { params: { query: { after, limit: LIMIT } } })),
    [after],
  );
  return (
    <>
      <Head title={t("Audit")} />
      <AccountTabs current="/audit" />
      <Loaded of={list} lines={10}>
        {({ entries }) => <AuditTable entries={entries} />}
      </Loaded>
    </>
  );
}
