// What sender names cost: what customers read when they ask for one. That answer is public and kept
// for a minute, so what was changed here stands above it.
import { useState } from "preact/hooks";
import { api, must } from "../app/api";
import { useAction, useLoad } from "../app/load";
import { countryName, t } from "../app/words";
import { price, readFees, type Fee } from "../senders/fees";
import { Loaded, Problem } from "../ui/basics";
import { Field, Form, Submit } from "../ui/forms";
import { Table } from "../ui/table";

export function Fees() {
  const fees = useLoad(readFees, []);
  const [changed, setChanged] = useState<Record<string, Fee | null>>({});
  const change = (country: string, fee: Fee | null) =>
    setChanged((before) => ({ ...before, [country]: fee }));
  const now = (countries: Fee[]) =>
    [
      ...countries.filter(({ country_code }) => !(country_code in changed)),
      ...Object.values(changed).filter((fee) => fee !== null),
    ].sort((a, b) => a.country_code.localeCompare(b.country_code));
  const forget = useAction(async (country: string) => {
    await must(api.DELETE("/admin/sender-fees/{country}", { params: { path: { country } } }));
    change(country, null);
  });
  return (
    <details class="card">
      <summary>{t("What names cost")}</summary>
      <Loaded of={fees}>
        {({ currency, countries }) => (
          <Table
            name={t("What names cost")}
            rows={now(countries)}
            id={(row) => row.country_code}
            columns={[
              { head: t("Country"), cell: (row) => countryName(row.country_code) },
              { head: t("Price"), cell: (row) => price(row, currency) },
              {
                head: t("Note"),
                wide: true,
                cell: (row) => <span dir="auto">{row.note ?? "–"}</span>,
              },
              {
                head: "",
                end: true,
                cell: (row) => (
                  <button type="button" onClick={() => void forget.run(row.country_code)}>
                    {t("Forget {name}", { name: countryName(row.country_code) })}
                  </button>
                ),
              },
            ]}
          />
        )}
      </Loaded>
      <Problem failure={forget.failure} />
      <Put done={change} />
    </details>
  );
}

function Put({ done }: { done: (country: string, fee: Fee) => void }) {
  const [country, setCountry] = useState("");
  const [kind, setKind] = useState<"one_time" | "per_network" | "on_request">("one_time");
  const [sum, setSum] = useState("");
  const [note, setNote] = useState("");
  const put = useAction(async () => {
    const code = country.toUpperCase();
    await must(
      api.PUT("/admin/sender-fees/{country}", {
        params: { path: { country: code } },
        body: {
          fee_type: kind,
          ...(kind === "on_request" ? {} : { fee_usd: sum }),
          ...(note ? { note } : {}),
        },
      }),
    );
    done(code, {
      country_code: code,
      country_name: countryName(code),
      fee_usd: kind === "on_request" ? null : Number(sum),
      fee_type: kind,
      covers: null,
      fee_table: [],
      note: note || null,
    });
    setCountry("");
    setSum("");
    setNote("");
  });
  return (
    <Form onSend={put.run} failure={put.failure} label={t("What names cost")}>
      <div class="pair">
        <Field
          label={t("Country")}
          hint={t("Two letters: KE")}
          name="country"
          failure={put.failure}
        >
          <input
            required
            pattern="[A-Za-z]{2}"
            maxLength={2}
            value={country}
            onInput={(event) => setCountry(event.currentTarget.value)}
          />
        </Field>
        <Field label={t("How it is charged")} name="fee_type" failure={put.failure}>
          <select
            value={kind}
            onChange={(event) => setKind(event.currentTarget.value as typeof kind)}
          >
            <option value="one_time">{t("once")}</option>
            <option value="per_network">{t("for each network")}</option>
            <option value="on_request">{t("on request")}</option>
          </select>
        </Field>
      </div>
      <div class="pair">
        {kind !== "on_request" && (
          <Field label={t("US dollars")} name="fee_usd" failure={put.failure}>
            <input
              required
              inputMode="decimal"
              value={sum}
              onInput={(event) => setSum(event.currentTarget.value)}
            />
          </Field>
        )}
        <Field label={t("Note")} name="note" failure={put.failure}>
          <input
            dir="auto"
            maxLength={200}
            value={note}
            onInput={(event) => setNote(event.currentTarget.value)}
          />
        </Field>
      </div>
      <div class="buttons">
        <Submit busy={put.busy}>{t("Set it")}</Submit>
        <span class="quiet">{t("Customers see it within a minute.")}</span>
      </div>
    </Form>
  );
}
