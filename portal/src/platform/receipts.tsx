// Receipts whose message nobody knows.
import { api, must } from "../app/api";
import { useAction, useLoad } from "../app/load";
import { PlatformTabs } from "../app/parts";
import { place } from "../app/place";
import { number, t } from "../app/words";
import { Empty, Head, Loaded, Problem, Time } from "../ui/basics";
import { Pages, Table, nextAfter } from "../ui/table";

const LIMIT = 50;

export default function Receipts() {
  const after = Number(place.value.query.get("after")) || undefined;
  const list = useLoad(
    () =>
      must(api.GET("/admin/receipts/unmatched", { params: { query: { after, limit: LIMIT } } })),
    [after],
  );
  const discard = useAction(async (id: number) => {
    await must(
      api.DELETE("/admin/receipts/unmatched/{id}", { params: { path: { id: id as never } } }),
    );
    await list.reload();
  });
  return (
    <>
      <Head title={t("Receipts")} />
      <PlatformTabs current="/platform/receipts" />
      <p>{t("Receipts of carriers whose message is not known here.")}</p>
      <Problem failure={discard.failure} />
      <Loaded of={list}>
        {({ receipts }) =>
          receipts.length === 0 ? (
            <Empty title={t("There is none.")} />
          ) : (
            <>
              <Table
                name={t("Receipts")}
                rows={receipts}
                id={(row) => row.id}
                columns={[
                  {
                    head: t("The carrier's id"),
                    cell: (row) => <span class="code">{row.carrier_message_id}</span>,
                  },
                  { head: t("Carrier"), cell: (row) => row.carrier },
                  {
                    head: t("Says"),
                    wide: true,
                    cell: (row) => (
                      <span dir="auto">
                        {row.word} {row.error}
                      </span>
                    ),
                  },
                  { head: t("Number"), cell: (row) => <span class="code">{row.number}</span> },
                  { head: t("Times"), end: true, cell: (row) => number(row.times) },
                  { head: t("When"), end: true, cell: (row) => <Time at={row.received_at} /> },
                  {
                    head: "",
                    end: true,
                    cell: (row) => (
                      <button type="button" class="danger" onClick={() => void discard.run(row.id)}>
                        {t("Discard")}
                      </button>
                    ),
                  },
                ]}
              />
              <Pages next={nextAfter(receipts, LIMIT, (row) => row.id)} />
            </>
          )
        }
      </Loaded>
    </>
  );
}
