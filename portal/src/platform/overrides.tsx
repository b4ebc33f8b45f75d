// An account's own choice of carriers: pinned, preferred or excluded.
import { useState } from "preact/hooks";
import { api, must, OnceKey } from "../app/api";
import { useAction, useLoad } from "../app/load";
import { countryName, t } from "../app/words";
import { Loaded, Problem, Time } from "../ui/basics";
import { Field, Form, Submit } from "../ui/forms";
import { Table } from "../ui/table";

const CHOICES = ["preferred", "pinned", "excluded"] as const;
type Choice = (typeof CHOICES)[number];
const once = new OnceKey();

function choiceWord(choice: Choice): string {
  if (choice === "pinned") return t("Only this one");
  return choice === "preferred" ? t("This one first") : t("Never this one");
}

export function Overrides({ id }: { id: string }) {
  const path = { id: id as never };
  const list = useLoad(
    () => must(api.GET("/admin/accounts/{id}/carrier-overrides", { params: { path } })),
    [id],
  );
  const end = useAction(async (override: number) => {
    await must(
      api.DELETE("/admin/accounts/{id}/carrier-overrides/{override}", {
        params: { path: { ...path, override: override as never } },
      }),
    );
    await list.reload();
  });
  return (
    <section>
      <h2>{t("Carriers")}</h2>
      <Problem failure={end.failure} />
      <Loaded of={list} lines={2}>
        {({ carrier_overrides }) =>
          carrier_overrides.length === 0 ? (
            <p class="quiet">{t("Its messages leave as the routes say.")}</p>
          ) : (
            <Table
              name={t("Carriers")}
              rows={carrier_overrides}
              id={(row) => row.id}
              columns={[
                { head: t("Carrier"), cell: (row) => <strong>{row.carrier}</strong> },
                { head: t("Choice"), cell: (row) => choiceWord(row.choice) },
                {
                  head: t("Where"),
                  cell: (row) =>
                    row.route ??
                    (row.country_code ? countryName(row.country_code) : t("everywhere")),
                },
                { head: t("Since"), end: true, wide: true, cell: (row) => <Time at={row.since} /> },
                {
                  head: "",
                  end: true,
                  cell: (row) => (
                    <button type="button" class="danger" onClick={() => void end.run(row.id)}>
                      {t("End it")}
                    </button>
                  ),
                },
              ]}
            />
          )
        }
      </Loaded>
      <NewOverride id={id} done={list.reload} />
    </section>
  );
}

function NewOverride({ id, done }: { id: string; done: () => Promise<void> }) {
  const carriers = useLoad(() => must(api.GET("/admin/carriers")), []);
  const [form, setForm] = useState({ carrier: "", country_code: "", route: "" });
  const [choice, setChoice] = useState<Choice>("preferred");
  const put = (name: keyof typeof form) => (event: Event) =>
    setForm({ ...form, [name]: (event.currentTarget as HTMLInputElement).value });
  const make = useAction(async () => {
    const { carrier, country_code, route } = form;
    const body = {
      carrier,
      choice,
      ...(country_code ? { country_code: country_code.toUpperCase() } : {}),
      ...(route ? { route } : {}),
    };
    const params = { path: { id: id as never }, header: once.of(body) };
    await must(api.POST("/admin/accounts/{id}/carrier-overrides", { params, body }));
    once.done();
    await done();
  });
  return (
    <details class="card">
      <summary>{t("Choose a carrier for it")}</summary>
      <Form onSend={make.run} failure={make.failure} label={t("Choose a carrier for it")}>
        <div class="pair">
          <Field label={t("Carrier")} name="carrier" failure={make.failure}>
            <select required value={form.carrier} onChange={put("carrier")}>
              <option value="" />
              {carriers.data?.carriers.map((one) => (
                <option key={one.carrier} value={one.carrier}>
                  {one.carrier}
                </option>
              ))}
            </select>
          </Field>
          <Field label={t("Choice")} name="choice" failure={make.failure}>
            <select
              value={choice}
              onChange={(event) =>
                setChoice((event.currentTarget as HTMLSelectElement).value as Choice)
              }
            >
              {CHOICES.map((one) => (
                <option key={one} value={one}>
                  {choiceWord(one)}
                </option>
              ))}
            </select>
          </Field>
          <Field
            label={t("Country")}
            hint={t("Two letters; or none: everywhere")}
            name="country_code"
            failure={make.failure}
          >
            <input maxLength={2} value={form.country_code} onInput={put("country_code")} />
          </Field>
          <Field
            label={t("Route")}
            hint={t("Instead of a country")}
            name="route"
            failure={make.failure}
          >
            <input value={form.route} onInput={put("route")} />
          </Field>
        </div>
        <div class="buttons">
          <Submit busy={make.busy}>{t("Choose it")}</Submit>
        </div>
      </Form>
    </details>
  );
}
