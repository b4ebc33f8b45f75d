// To whom texts go that come in, and those to numbers that nobody had.
import { useState } from "preact/hooks";
import { api, must } from "../app/api";
import { useAction, useLoad } from "../app/load";
import { go, place, withQuery } from "../app/place";
import { PlatformTabs } from "../app/parts";
import { countryName, t, tn } from "../app/words";
import { Badge, Empty, Head, Loaded, Problem, Time } from "../ui/basics";
import { Confirm, Field, Form, Submit } from "../ui/forms";
import { Pages, Table } from "../ui/table";

const LIMIT = 50;

type Row = {
  number: string;
  country_code: string;
  keyword: string;
  environment: "live" | "test";
  account_id: number;
};

export default function Numbers() {
  const query = place.value.query;
  const after = query.get("after") ?? undefined;
  const part = query.get("number") ?? undefined;
  const list = useLoad(
    () =>
      must(
        api.GET("/admin/inbound-numbers", {
          params: { query: { after, number: part, limit: LIMIT } },
        }),
      ),
    [after, part],
  );
  const [asking, setAsking] = useState<Row>();
  const remove = useAction(async () => {
    const { account_id, number, country_code, keyword, environment } = asking!;
    await must(
      api.DELETE("/admin/accounts/{id}/inbound-numbers", {
        params: { path: { id: account_id as never } },
        body: { number, country_code, keyword, environment },
      }),
    );
    setAsking(undefined);
    await list.reload();
  });
  return (
    <>
      <Head title={t("Numbers")} />
      <PlatformTabs current="/platform/numbers" />
      <Give done={list.reload} />
      <Find part={part} />
      <Loaded of={list}>
        {({ inbound_numbers, next }) =>
          inbound_numbers.length === 0 ? (
            <Empty
              title={part ? t("No number is like this.") : t("No number leads to an account.")}
            />
          ) : (
            <>
            <Table
              name={t("Numbers")}
              rows={inbound_numbers}
              id={(row) => row.number + row.country_code + row.keyword + row.environment}
              columns={[
                { head: t("Number"), cell: (row) => <span class="code">{row.number}</span> },
                {
                  head: t("Country"),
                  cell: (row) => (row.country_code ? countryName(row.country_code) : "–"),
                },
                { head: t("Keyword"), cell: (row) => row.keyword || "–" },
                {
                  head: t("Account"),
                  cell: (row) => (
                    <a href={`/platform/accounts/${row.account_id}`}>{row.account_id}</a>
                  ),
                },
                { head: t("Carrier"), cell: (row) => row.carrier ?? "–" },
                {
                  head: t("Answers by itself"),
                  wide: true,
                  cell: (row) => <span dir="auto">{row.auto_reply ?? "–"}</span>,
                },
                {
                  head: "",
                  end: true,
                  cell: (row) => (
                    <button type="button" class="danger" onClick={() => setAsking(row)}>
                      {t("Take away")}
                    </button>
                  ),
                },
              ]}
            />
            <Pages forward next={next} />
            </>
          )
        }
      </Loaded>
      <Unrouted />
      {asking && (
        <Confirm
          title={t("Take {number} away?", { number: asking.number })}
          text={t("Texts to it are kept, but reach no account.")}
          action={t("Take {number} away", { number: asking.number })}
          act={remove}
          onClose={() => setAsking(undefined)}
        />
      )}
    </>
  );
}

function Give({ done }: { done: () => Promise<void> }) {
  const [form, setForm] = useState({
    account: "",
    number: "",
    country_code: "",
    keyword: "",
    auto_reply: "",
  });
  const put = (name: keyof typeof form) => (event: Event) =>
    setForm({ ...form, [name]: (event.currentTarget as HTMLInputElement).value });
  const give = useAction(async () => {
    const { account, keyword, auto_reply, ...rest } = form;
    await must(
      api.PUT("/admin/accounts/{id}/inbound-numbers", {
        params: { path: { id: account as never } },
        body: { ...rest, ...(keyword ? { keyword } : {}), ...(auto_reply ? { auto_reply } : {}) },
      }),
    );
    await done();
  });
  return (
    <details class="card">
      <summary>{t("Give an account a number")}</summary>
      <Form onSend={give.run} failure={give.failure} label={t("Give an account a number")}>
        <div class="pair">
          <Field label={t("Account")} name="account">
            <input required inputMode="numeric" value={form.account} onInput={put("account")} />
          </Field>
          <Field label={t("Number")} name="number" failure={give.failure}>
            <input required value={form.number} onInput={put("number")} />
          </Field>
          <Field
            label={t("Country")}
            hint={t("Two letters; for a short code")}
            name="country_code"
            failure={give.failure}
          >
            <input maxLength={2} value={form.country_code} onInput={put("country_code")} />
          </Field>
          <Field label={t("Keyword")} name="keyword" failure={give.failure}>
            <input value={form.keyword} onInput={put("keyword")} />
          </Field>
          <Field label={t("Answers by itself")} name="auto_reply" failure={give.failure}>
            <input value={form.auto_reply} onInput={put("auto_reply")} />
          </Field>
        </div>
        <div class="buttons">
          <Submit busy={give.busy}>{t("Give it")}</Submit>
        </div>
      </Form>
    </details>
  );
}

function Find({ part }: { part: string | undefined }) {
  const [wanted, setWanted] = useState(part ?? "");
  return (
    <form
      class="filters"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        go(withQuery({ number: wanted.replace(/\D/g, ""), after: "" }));
      }}
    >
      <label>
        {t("Number")}
        <input
          type="search"
          inputMode="tel"
          value={wanted}
          onInput={(event) => setWanted(event.currentTarget.value)}
        />
      </label>
      <button type="submit">{t("Search")}</button>
    </form>
  );
}

function Unrouted() {
  const list = useLoad(
    () => must(api.GET("/admin/inbound/unrouted", { params: { query: { limit: LIMIT } } })),
    [],
  );
  const [given, setGiven] = useState<number>();
  const assign = useAction(async (number: string) => {
    setGiven(
      (await must(api.POST("/admin/inbound/unrouted/assign", { body: { number } }))).assigned,
    );
    await list.reload();
  });
  return (
    <section>
      <h2>{t("Texts to numbers that nobody had")}</h2>
      <Problem failure={assign.failure} />
      <p role="status">
        {given !== undefined && (
          <Badge tone="good">{tn("{n} text given", "{n} texts given", given)}</Badge>
        )}
      </p>
      <Loaded of={list} lines={3}>
        {({ unrouted }) =>
          unrouted.length === 0 ? (
            <Empty title={t("There is none.")} />
          ) : (
            <>
            <Table
              name={t("Texts to numbers that nobody had")}
              rows={unrouted}
              id={(row) => row.carrier + row.id}
              columns={[
                { head: t("To"), cell: (row) => <span class="code">{row.to}</span> },
                {
                  head: t("From"),
                  wide: true,
                  cell: (row) => <span class="code">{row.from}</span>,
                },
                { head: t("Carrier"), cell: (row) => row.carrier },
                { head: t("When"), end: true, cell: (row) => <Time at={row.received_at} /> },
                {
                  head: "",
                  end: true,
                  cell: (row) => (
                    <button type="button" onClick={() => void assign.run(row.to)}>
                      {t("Give them to who has it now")}
                    </button>
                  ),
                },
              ]}
            />
            {unrouted.length === LIMIT && (
              <p class="quiet">{t("These are the newest {n}; there may be more.", { n: LIMIT })}</p>
            )}
            </>
          )
        }
      </Loaded>
    </section>
  );
}
