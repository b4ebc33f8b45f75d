// Routes, and the carriers among which each chooses.
import { api, must } from "../app/api";
import { useAction, useLoad } from "../app/load";
import { PlatformTabs } from "../app/parts";
import type { ScreenProps } from "../app/routes";
import { countryName, t } from "../app/words";
import { Badge, Facts, Head, Loaded, Money, Problem, Time } from "../ui/basics";
import { StatusBadge } from "../ui/status";
import { Drawer, Table } from "../ui/table";
import { Breaker } from "./carrier";

export default function Routes({ id }: ScreenProps) {
  const list = useLoad(() => must(api.GET("/admin/routes")), []);
  return (
    <>
      <Head title={t("Routes")} />
      <PlatformTabs current="/platform/routes" />
      <div class={id ? "beside" : ""}>
        <div class="list">
          <Loaded of={list} lines={10}>
            {({ routes }) => (
              <Table
                name={t("Routes")}
                rows={routes}
                id={(row) => row.code}
                current={id}
                href={(row) => `/platform/routes/${row.code}`}
                columns={[
                  { head: t("Route"), cell: (row) => <span class="code">{row.code}</span> },
                  { head: t("Country"), wide: true, cell: (row) => countryName(row.country_code) },
                  {
                    head: t("State"),
                    cell: (row) => <StatusBadge of={row.is_active ? "active" : "off"} />,
                  },
                  { head: t("Carrier"), cell: (row) => row.connector },
                  {
                    head: t("Chooses by"),
                    cell: (row) => (row.policy === "priority" ? t("Order") : t("Cost")),
                  },
                  {
                    head: t("Price a segment"),
                    end: true,
                    cell: (row) => <Money of={row.price_per_segment} currency={row.currency} />,
                  },
                ]}
              />
            )}
          </Loaded>
        </div>
        {id && list.data && (
          <Drawer title={id} back="/platform/routes">
            <Route
              code={id}
              key={id}
              currency={list.data.routes.find((row) => row.code === id)?.currency ?? "USD"}
              active={list.data.routes.find((row) => row.code === id)?.is_active ?? false}
              reload={list.reload}
            />
          </Drawer>
        )}
      </div>
    </>
  );
}

function Route({
  code,
  active,
  currency,
  reload,
}: {
  code: string;
  active: boolean;
  currency: string;
  reload: () => Promise<void>;
}) {
  const path = { code };
  const carriers = useLoad(
    () => must(api.GET("/admin/routes/{code}/carriers", { params: { path } })),
    [code],
  );
  const prices = useLoad(
    () => must(api.GET("/admin/routes/{code}/prices", { params: { path } })),
    [code],
  );
  const change = useAction(async (is_active: boolean) => {
    await must(api.PUT("/admin/routes/{code}", { params: { path }, body: { is_active } }));
    await reload();
  });
  const carry = useAction(async (carrier: string, is_active: boolean) => {
    await must(
      api.PUT("/admin/routes/{code}/carriers/{carrier}", {
        params: { path: { code, carrier } },
        body: { is_active },
      }),
    );
    await carriers.reload();
  });
  return (
    <>
      <Facts of={[[t("State"), <StatusBadge of={active ? "active" : "off"} />]]} />
      <div class="buttons">
        <button
          type="button"
          class={active ? "danger" : "main"}
          onClick={() => void change.run(!active)}
        >
          {active ? t("Switch the route off") : t("Switch the route on")}
        </button>
      </div>
      <Problem failure={change.failure ?? carry.failure} />
      <h3>{t("Carriers")}</h3>
      <Loaded of={carriers} lines={2}>
        {(data) =>
          data.carriers.length === 0 ? (
            <p class="quiet">{t("All of it leaves by the route's own carrier.")}</p>
          ) : (
            <ul class="plain">
              {data.carriers.map((one) => (
                <li key={one.carrier}>
                  <strong>{one.carrier}</strong> <Breaker of={one.breaker} />{" "}
                  {t("order {n}", { n: one.priority })}
                  {" · "}
                  {t("weight {n}", { n: one.weight })}
                  {" · "}
                  <Money of={one.cost_per_segment} currency={currency} />{" "}
                  <button type="button" onClick={() => void carry.run(one.carrier, !one.is_active)}>
                    {one.is_active ? t("Switch off") : t("Switch on")}
                  </button>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <h3>{t("Prices")}</h3>
      <Loaded of={prices} lines={2}>
        {(data) => (
          <ul class="plain">
            {data.prices.map((one, index) => (
              <li key={one.id}>
                <Money of={one.price_per_segment} currency={currency} /> {t("since")}{" "}
                <Time at={one.valid_from} />{" "}
                {index === 0 && <Badge tone="good">{t("newest")}</Badge>}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      <p class="quiet">{t("New prices are taken under Prices and rates.")}</p>
    </>
  );
}
