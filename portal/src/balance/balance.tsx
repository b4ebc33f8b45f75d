// The wallet: what is in it, where it went, and putting more in.
import { useState } from "preact/hooks";
import type { Words } from "made/words";
import { api, must, OnceKey, type Schemas } from "../app/api";
import { useAction, useLoad } from "../app/load";
import { AccountTabs } from "../app/parts";
import { place } from "../app/place";
import { environment, may } from "../app/session";
import { money, t, tn } from "../app/words";
import { Badge, Empty, Head, Loaded, Money, Time } from "../ui/basics";
import { Dialog, Field, Form, Submit } from "../ui/forms";
import { Pages, Table, nextAfter, type Column } from "../ui/table";

const LIMIT = 50;
const once = new OnceKey();
type Transaction = Schemas["Transaction"];

const KINDS: Record<Transaction["type"], Words> = {
  credit: "Top-up",
  sms_charge: "Messages",
  manual_credit: "Put in by hand",
  manual_debit: "Taken out by hand",
  refund: "Refund",
};

const columns = (): Column<Transaction>[] => [
  { head: t("When"), cell: (row) => <Time at={row.created_at} /> },
  { head: t("What"), cell: (row) => t(KINDS[row.type]) },
  {
    head: t("About"),
    wide: true,
    cell: (row) =>
      row.message_id ? (
        <a class="code" href={`/logs/${row.message_id}`}>
          {row.message_id}
        </a>
      ) : row.batch_id ? (
        <a class="code" href={`/campaigns/${row.batch_id}`}>
          {row.batch_id}
        </a>
      ) : (
        <span lang="en" dir="auto">
          {row.description}
        </span>
      ),
  },
  {
    head: t("Amount"),
    end: true,
    cell: (row) => <Money of={row.amount} currency={row.currency} />,
  },
  {
    head: t("Balance after it"),
    end: true,
    cell: (row) => <Money of={row.balance_after} currency={row.currency} />,
  },
];

export default function Balance() {
  const after = Number(place.value.query.get("after")) || undefined;
  const wallet = useLoad(() => must(api.GET("/balance")), [], ["balance_update"]);
  const list = useLoad(
    () => must(api.GET("/balance/transactions", { params: { query: { after, limit: LIMIT } } })),
    [after],
    after ? [] : ["balance_update"],
  );
  const [toppingUp, setToppingUp] = useState(false);
  return (
    <>
      <Head title={t("Balance")}>
        {environment.value === "live" && (
          <a class="button" download href="/api/balance/statement">
            {t("Statement as CSV")}
          </a>
        )}
        {may.value.send && (
          <button type="button" class="main" onClick={() => setToppingUp(true)}>
            {t("Top up")}
          </button>
        )}
      </Head>
      <AccountTabs current="/balance" />
      <Loaded of={wallet} lines={2}>
        {(now) => (
          <dl class="figures">
            <div class="figure">
              <dt>{t("Balance")}</dt>
              <dd>
                <strong class="number">{money(now.balance, now.currency)}</strong>
                <span class="quiet">
                  {now.sms_estimate !== null &&
                    tn("about {n} message", "about {n} messages", now.sms_estimate)}
                </span>
              </dd>
            </div>
          </dl>
        )}
      </Loaded>
      <h2>{t("Transactions")}</h2>
      <Loaded of={list} lines={8}>
        {({ transactions }) =>
          transactions.length === 0 ? (
            <Empty title={t("Nothing has moved yet.")} />
          ) : (
            <>
              <Table
                name={t("Transactions")}
                rows={transactions}
                columns={columns()}
                id={(row) => row.id}
              />
              <Pages next={nextAfter(transactions, LIMIT, (row) => row.id)} />
            </>
          )
        }
      </Loaded>
      {toppingUp && wallet.data && (
        <TopUp currency={wallet.data.currency} onClose={() => setToppingUp(false)} />
      )}
    </>
  );
}

function TopUp({ currency, onClose }: { currency: string; onClose: () => void }) {
  const [amount, setAmount] = useState("1000");
  const [link, setLink] = useState<string>();
  const open = useAction(async () => {
    const body = { amount, currency };
    const made = await must(
      api.POST("/balance/topup", { body, params: { header: once.of(body) } }),
    );
    once.done();
    setLink(made.checkout_url);
  });
  return (
    <Dialog title={t("Top up")} onClose={onClose}>
      {link ? (
        <>
          <p>
            <Badge tone="good">{t("The checkout is ready")}</Badge>
          </p>
          <p>{t("The balance changes here as soon as the payment is through.")}</p>
          <div class="buttons">
            <a class="button main" target="_blank" rel="noopener noreferrer" href={link}>
              {t("Pay")}
            </a>
          </div>
        </>
      ) : (
        <Form onSend={open.run} failure={open.failure}>
          <Field
            label={t("Amount in {currency}", { currency })}
            name="amount"
            failure={open.failure}
          >
            <input
              type="number"
              required
              min={1}
              step="0.01"
              inputMode="decimal"
              value={amount}
              onInput={(event) => setAmount(event.currentTarget.value)}
            />
          </Field>
          <div class="buttons">
            <Submit busy={open.busy}>{t("On to the checkout")}</Submit>
          </div>
        </Form>
      )}
    </Dialog>
  );
}
