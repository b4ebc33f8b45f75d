// What a segment costs, by country.
import { useState } from "preact/hooks";
import { api, must } from "../app/api";
import { useLoad } from "../app/load";
import { AccountTabs } from "../app/parts";
import { countryName, percent, t } from "../app/words";
import { Badge, Empty, Head, Loaded, Money, type Tone } from "../ui/basics";
import { Table } from "../ui/table";

const TONES: Record<string, Tone> = { ok: "good", warn: "warn", down: "bad", unknown: "still" };

export default function Prices() {
  const [wanted, setWanted] = useState("");
  const routes = useLoad(() => must(api.GET("/routes")), []);
  const health = useLoad(() => must(api.GET("/routes/health")), []);
  const rate = (code: string) => health.data?.find((one) => one.code === code);
  return (
    <>
      <Head title={t("Prices")} />
      <AccountTabs current="/prices" />
      <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
        <label>
          {t("Country")}
          <input
            type="search"
            value={wanted}
            onInput={(event) => setWanted(event.currentTarget.value)}
          />
        </label>
      </form>
      <Loaded of={routes} lines={10}>
        {(all) => {
          const rows = all.filter(
            (route) =>
              route.is_active &&
              `${countryName(route.country_code)} ${route.country_code}`
                .toLowerCase()
                .includes(wanted.toLowerCase()),
          );
          return rows.length === 0 ? (
            <Empty title={t("No country is like this.")} />
          ) : (
            <Table
              name={t("Prices")}
              rows={rows}
              id={(row) => row.code}
              columns={[
                { head: t("Country"), cell: (row) => countryName(row.country_code) },
                { head: t("Route"), cell: (row) => <span class="code">{row.code}</span> },
                { head: t("Sender"), wide: true, cell: (row) => row.sender_id_default },
                {
                  head: t("Delivered lately"),
                  cell: (row) => {
                    const one = rate(row.code);
                    return one?.delivery_rate == null ? (
                      "–"
                    ) : (
                      <Badge tone={TONES[one.status] ?? "still"}>
                        {percent(one.delivery_rate)}
                      </Badge>
                    );
                  },
                },
                {
                  head: t("Price a segment"),
                  end: true,
                  cell: (row) => <Money of={row.price_per_segment} currency={row.currency} />,
                },
              ]}
            />
          );
        }}
      </Loaded>
    </>
  );
}
