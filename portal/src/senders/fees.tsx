// What registering a sender name costs, country by country.
import { api, must } from "../app/api";
import { useLoad } from "../app/load";
import { countryName, money, t } from "../app/words";
import { Loaded } from "../ui/basics";

type Fees = Awaited<ReturnType<typeof readFees>>;
export type Fee = Fees["countries"][number];
export const readFees = () => must(api.GET("/sender-ids/fees"));

export function price(fee: Fee, currency: string): string {
  if (fee.fee_usd === null) return t("on request");
  const sum = money(fee.fee_usd, currency);
  if (fee.fee_type === "per_network") return t("{sum} for each network", { sum });
  return fee.fee_type === "one_time" ? t("{sum} once", { sum }) : t("on request");
}

// Of these countries; nothing where the operator has said nothing.
export function FeesOf({ countries }: { countries: string[] }) {
  const fees = useLoad(readFees, []);
  return (
    <Loaded of={fees}>
      {({ currency, countries: all }) => {
        const chosen = all.filter((fee) => countries.includes(fee.country_code));
        if (chosen.length === 0) return <></>;
        return (
          <section aria-label={t("What it costs")}>
            <h3>{t("What it costs")}</h3>
            <dl class="facts">
              {chosen.map((fee) => (
                <div key={fee.country_code}>
                  <dt>{countryName(fee.country_code)}</dt>
                  <dd>
                    {price(fee, currency)}
                    {fee.note && (
                      <span class="quiet" dir="auto">
                        {" "}
                        {fee.note}
                      </span>
                    )}
                    {fee.fee_table.map((row) => (
                      <span class="quiet" dir="auto" key={row.join()}>
                        <br />
                        {row.join(" · ")}
                      </span>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
            <p class="quiet">{t("Charged when the name is approved.")}</p>
          </section>
        );
      }}
    </Loaded>
  );
}
