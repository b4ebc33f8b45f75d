// The names that messages come from, asked for and approved by country.
import { useState } from "preact/hooks";
import { api, must, OnceKey, type Schemas } from "../app/api";
import { useAction, useLoad } from "../app/load";
import { AccountTabs } from "../app/parts";
import { may } from "../app/session";
import { countryName, t } from "../app/words";
import { Empty, Head, Loaded, Time } from "../ui/basics";
import { Field, Form, Submit } from "../ui/forms";
import { StatusBadge } from "../ui/status";
import { Table, type Column } from "../ui/table";
import { FeesOf } from "./fees";

const once = new OnceKey();
export const countries = (codes: string[]) => codes.map(countryName).join(", ");

const columns = (): Column<Schemas["SenderId"]>[] => [
  { head: t("Name"), cell: (row) => <strong dir="auto">{row.name}</strong> },
  { head: t("Status"), cell: (row) => <StatusBadge of={row.status} /> },
  { head: t("Approved for"), wide: true, cell: (row) => countries(row.approved_countries) || "–" },
  { head: t("Waits for"), cell: (row) => countries(row.pending_countries) || "–" },
  {
    head: t("Rejected for"),
    cell: (row) =>
      row.rejected_countries.length ? (
        <>
          {countries(row.rejected_countries)}
          {row.rejection_reason && (
            <span class="quiet" dir="auto">
              {" "}
              {row.rejection_reason}
            </span>
          )}
        </>
      ) : (
        "–"
      ),
  },
  { head: t("Asked"), end: true, cell: (row) => <Time at={row.created_at} /> },
];

export default function Senders() {
  const list = useLoad(() => must(api.GET("/sender-ids")), [], ["notification"]);
  return (
    <>
      <Head title={t("Sender names")} />
      <AccountTabs current="/sender-ids" />
      {may.value.send && <Ask done={list.reload} />}
      <Loaded of={list}>
        {(names) =>
          names.length === 0 ? (
            <Empty title={t("There is no sender name yet.")}>
              <p>{t("Ask for one, and your texts come from it where it is approved.")}</p>
            </Empty>
          ) : (
            <Table name={t("Sender names")} rows={names} columns={columns()} id={(row) => row.id} />
          )
        }
      </Loaded>
    </>
  );
}

function Ask({ done }: { done: () => Promise<void> }) {
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<string[]>([]);
  const [use, setUse] = useState("");
  const prices = useLoad(() => must(api.GET("/routes")), []);
  const served = [
    ...new Set(
      (prices.data ?? []).filter((route) => route.is_active).map((route) => route.country_code),
    ),
  ];
  const ask = useAction(async () => {
    const body = { name, countries: chosen, ...(use ? { use_case: use } : {}) };
    await must(api.POST("/sender-ids", { body, params: { header: once.of(body) } }));
    once.done();
    setName("");
    setUse("");
    await done();
  });
  return (
    <details class="card">
      <summary>{t("Ask for a sender name")}</summary>
      <Form onSend={ask.run} failure={ask.failure} label={t("Ask for a sender name")}>
        <div class="pair">
          <Field
            label={t("Name")}
            hint={t("3 to 11 letters, digits or spaces")}
            name="name"
            failure={ask.failure}
          >
            <input
              required
              minLength={3}
              maxLength={11}
              value={name}
              onInput={(event) => setName(event.currentTarget.value)}
            />
          </Field>
          <Field
            label={t("Countries")}
            hint={t("Several: hold Ctrl")}
            name="countries"
            failure={ask.failure}
          >
            <select
              multiple
              required
              size={4}
              onChange={(event) =>
                setChosen([...event.currentTarget.selectedOptions].map((option) => option.value))
              }
            >
              {served.map((code) => (
                <option key={code} value={code} selected={chosen.includes(code)}>
                  {countryName(code)}
                </option>
              ))}
            </select>
          </Field>
        </div>
        <FeesOf countries={chosen} />
        <Field label={t("What for")} name="use_case" failure={ask.failure}>
          <textarea
            rows={2}
            dir="auto"
            maxLength={500}
            value={use}
            onInput={(event) => setUse(event.currentTarget.value)}
          />
        </Field>
        <div class="buttons">
          <Submit busy={ask.busy}>{t("Ask for it")}</Submit>
        </div>
      </Form>
    </details>
  );
}
