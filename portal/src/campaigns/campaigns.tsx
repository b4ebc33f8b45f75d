import { api, must, type Schemas } from "../app/api";
import { useLoad } from "../app/load";
import { place } from "../app/place";
import { may } from "../app/session";
import { number, t } from "../app/words";
import { Empty, Head, Loaded, Money, Time } from "../ui/basics";
import { StatusBadge } from "../ui/status";
import { Pages, Table, nextAfter, type Column } from "../ui/table";

const LIMIT = 50;

const columns = (): Column<Schemas["Batch"]>[] => [
  { head: t("Name"), wide: true, cell: (row) => <span dir="auto">{row.name || row.text}</span> },
  { head: t("Status"), cell: (row) => <StatusBadge of={row.status} /> },
  { head: t("Recipients"), end: true, cell: (row) => number(row.total_recipients) },
  { head: t("Delivered"), end: true, cell: (row) => number(row.counts.delivered) },
  { head: t("Failed"), end: true, cell: (row) => number(row.counts.failed) },
  { head: t("Price"), end: true, cell: (row) => <Money of={row.cost} currency={row.currency} /> },
  { head: t("Made§when"), end: true, cell: (row) => <Time at={row.created_at} /> },
];

export default function Campaigns() {
  const after = place.value.query.get("after") ?? undefined;
  const list = useLoad(
    () => must(api.GET("/messages/batches", { params: { query: { after, limit: LIMIT } } })),
    [after],
    ["batch_progress"],
  );
  const make = may.value.send && (
    <a class="button main" href="/campaigns/new">
      {t("New campaign")}
    </a>
  );
  return (
    <>
      <Head title={t("Campaigns")}>{list.data?.batches.length ? make : null}</Head>
      <Loaded of={list} lines={8}>
        {({ batches }) =>
          batches.length === 0 ? (
            <Empty title={t("There is no campaign yet.")}>
              <p>
                {t(
                  "A campaign sends one text to many people, with a name and more filled in for each.",
                )}
              </p>
              {make}
            </Empty>
          ) : (
            <>
              <Table
                name={t("Campaigns")}
                rows={batches}
                columns={columns()}
                id={(row) => row.batch_id}
                href={(row) => `/campaigns/${row.batch_id}`}
              />
              <Pages next={nextAfter(batches, LIMIT, (row) => row.batch_id)} />
            </>
          )
        }
      </Loaded>
    </>
  );
}
