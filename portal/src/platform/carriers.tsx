// Carriers and how they are.
import { api, must } from "../app/api";
import { useAction, useLoad } from "../app/load";
import { PlatformTabs } from "../app/parts";
import { number, t } from "../app/words";
import { Badge, Empty, Head, Loaded, Problem, Time } from "../ui/basics";
import { StatusBadge } from "../ui/status";
import { Table } from "../ui/table";

export function Breaker({ of }: { of: "closed" | "open" | "half_open" }) {
  if (of === "closed") return <Badge tone="good">{t("Takes messages")}</Badge>;
  if (of === "open") return <Badge tone="bad">{t("Left alone after failures")}</Badge>;
  return <Badge tone="warn">{t("Being tried")}</Badge>;
}

export default function Carriers() {
  const list = useLoad(() => must(api.GET("/admin/carriers")), []);
  const change = useAction(async (carrier: string, is_active: boolean) => {
    await must(
      api.PUT("/admin/carriers/{carrier}", { params: { path: { carrier } }, body: { is_active } }),
    );
    await list.reload();
  });
  return (
    <>
      <Head title={t("Carriers")}>
        <button type="button" onClick={() => void list.reload()}>
          {t("Look again")}
        </button>
      </Head>
      <PlatformTabs current="/platform/carriers" />
      <Problem failure={change.failure} />
      <Loaded of={list}>
        {({ carriers }) =>
          carriers.length === 0 ? (
            <Empty title={t("There is no carrier.")} />
          ) : (
            <Table
              name={t("Carriers")}
              rows={carriers}
              id={(row) => row.carrier}
              columns={[
                { head: t("Carrier"), cell: (row) => <strong>{row.carrier}</strong> },
                {
                  head: t("State"),
                  cell: (row) => <StatusBadge of={row.is_active ? "active" : "suspended"} />,
                },
                { head: t("Health"), cell: (row) => <Breaker of={row.breaker} /> },
                {
                  head: t("Last failure"),
                  wide: true,
                  cell: (row) =>
                    row.last_failure_at ? (
                      <>
                        <Time at={row.last_failure_at} />{" "}
                        <span lang="en" dir="auto">
                          {row.last_error}
                        </span>
                      </>
                    ) : (
                      "–"
                    ),
                },
                { head: t("Kind"), cell: (row) => row.kind ?? "–" },
                {
                  head: t("Segments a second"),
                  end: true,
                  cell: (row) => (row.segments_per_s ? number(row.segments_per_s) : t("no limit")),
                },
                { head: t("Secrets"), end: true, cell: (row) => number(row.secrets) },
                {
                  head: "",
                  end: true,
                  cell: (row) => (
                    <button
                      type="button"
                      class={row.is_active ? "danger" : ""}
                      onClick={() => void change.run(row.carrier, !row.is_active)}
                    >
                      {row.is_active ? t("Suspend") : t("Resume")}
                    </button>
                  ),
                },
              ]}
            />
          )
        }
      </Loaded>
    </>
  );
}
