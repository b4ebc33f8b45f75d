// Those whom the platform serves.
import { useState } from "preact/hooks";
import { api, must, OnceKey, type Schemas } from "../app/api";
import { useAction, useLoad } from "../app/load";
import { PlatformTabs } from "../app/parts";
import { go, place, withQuery } from "../app/place";
import { t } from "../app/words";
import { Empty, Head, Loaded, Money, Time } from "../ui/basics";
import { Dialog, Field, Form, Submit } from "../ui/forms";
import { StatusBadge } from "../ui/status";
import { Pages, Table, nextAfter, type Column } from "../ui/table";

const LIMIT = 50;
const once = new OnceKey();

const columns = (): Column<Schemas["Account"]>[] => [
  { head: t("Name"), cell: (row) => <strong dir="auto">{row.name}</strong> },
  { head: t("State"), cell: (row) => <StatusBadge of={row.status} /> },
  { head: t("Id"), wide: true, cell: (row) => <span class="code">{row.id}</span> },
  {
    head: t("Balance"),
    end: true,
    cell: (row) => <Money of={row.balance} currency={row.currency} />,
  },
  { head: t("Since"), end: true, cell: (row) => <Time at={row.created_at} /> },
];

export default function Accounts() {
  const query = place.value.query;
  const after = Number(query.get("after")) || undefined;
  const q = query.get("q") ?? undefined;
  const [wanted, setWanted] = useState(q ?? "");
  const [making, setMaking] = useState(false);
  const list = useLoad(
    () => must(api.GET("/admin/accounts", { params: { query: { after, q, limit: LIMIT } } })),
    [after, q],
  );
  return (
    <>
      <Head title={t("Accounts")}>
        <button type="button" class="main" onClick={() => setMaking(true)}>
          {t("New account")}
        </button>
      </Head>
      <PlatformTabs current="/platform" />
      <form
        class="filters"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          go(withQuery({ q: wanted.trim() }));
        }}
      >
        <label>
          {t("Name or e-mail")}
          <input
            type="search"
            value={wanted}
            onInput={(event) => setWanted(event.currentTarget.value)}
          />
        </label>
        <button type="submit">{t("Search")}</button>
      </form>
      <Loaded of={list} lines={10}>
        {({ accounts }) =>
          accounts.length === 0 ? (
            <Empty title={t("No account is like this.")} />
          ) : (
            <>
              <Table
                name={t("Accounts")}
                rows={accounts}
                columns={columns()}
                id={(row) => row.id}
                href={(row) => `/platform/accounts/${row.id}`}
              />
              <Pages forward next={nextAfter(accounts, LIMIT, (row) => row.id)} />
            </>
          )
        }
      </Loaded>
      {making && <NewAccount onClose={() => setMaking(false)} />}
    </>
  );
}

function NewAccount({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState("");
  const [currency, setCurrency] = useState("KES");
  const make = useAction(async () => {
    const body = { name, currency };
    const made = await must(
      api.POST("/admin/accounts", { body, params: { header: once.of(body) } }),
    );
    once.done();
    go(`/platform/accounts/${made.id}`);
  });
  return (
    <Dialog title={t("New account")} onClose={onClose}>
      <Form onSend={make.run} failure={make.failure}>
        <Field label={t("Name")} name="name" failure={make.failure}>
          <input
            required
            maxLength={200}
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </Field>
        <Field
          label={t("Currency")}
          hint={t("Three letters, such as KES. It stays.")}
          name="currency"
          failure={make.failure}
        >
          <input
            required
            pattern="[A-Z]{3}"
            value={currency}
            onInput={(event) => setCurrency(event.currentTarget.value.toUpperCase())}
          />
        </Field>
        <div class="buttons">
          <Submit busy={make.busy}>{t("Make the account")}</Submit>
        </div>
      </Form>
    </Dialog>
  );
}
