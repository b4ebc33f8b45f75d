// What a campaign costs, to the last digit, who is left out, and what is missing; then the button
// that says what it does.
import type { paths } from "made/api";
import type { useAction } from "../app/load";
import { countryName, money, number, t, tn } from "../app/words";
import { Badge, Facts, Money, Problem } from "../ui/basics";
import { Table } from "../ui/table";

export type Prechecked =
  paths["/messages/bulk-precheck"]["post"]["responses"]["200"]["content"]["application/json"];

export function Quote({
  of,
  send,
  scheduled,
}: {
  of: Prechecked;
  send: Pick<ReturnType<typeof useAction>, "busy" | "failure"> & { run: () => unknown };
  scheduled: boolean;
}) {
  const price = money(of.total_cost, of.wallet_currency);
  const values = { n: number(of.messages), price };
  return (
    <section class="card quote" aria-label={t("The price")}>
      <h2>
        {t("The price")}: <span class="number">{price}</span>
      </h2>
      <Missing of={of} />
      <Facts
        of={[
          [t("Messages"), number(of.messages)],
          [t("Segments"), number(of.total_segments)],
          [t("Balance"), <Money of={of.wallet_balance} currency={of.wallet_currency} />],
          [t("Balance after it"), <Money of={of.balance_after} currency={of.wallet_currency} />],
        ]}
      />
      <LeftOut of={of} />
      <Table
        name={t("Price by country")}
        rows={of.breakdown}
        id={(row) => row.route_code}
        columns={[
          { head: t("Country"), cell: (row) => countryName(row.country_code) },
          { head: t("Contacts"), end: true, cell: (row) => number(row.contacts) },
          { head: t("Segments"), end: true, cell: (row) => number(row.segments) },
          { head: t("Sender"), cell: (row) => row.sender_id },
          {
            head: t("Price"),
            end: true,
            cell: (row) => <Money of={row.wallet_cost} currency={of.wallet_currency} />,
          },
        ]}
      />
      <Problem failure={send.failure} />
      {!of.sufficient_balance && (
        <p class="problem" role="alert">
          {t("The balance is too low. Top up, then try again.")}{" "}
          <a class="button" href="/balance">
            {t("Top up")}
          </a>
        </p>
      )}
      <div class="buttons">
        <button
          type="button"
          class="main"
          aria-disabled={send.busy}
          disabled={!of.sufficient_balance || of.messages === 0}
          onClick={() => void send.run()}
        >
          {scheduled
            ? tn(
                "Schedule for {n} person for {price}",
                "Schedule for {n} people for {price}",
                of.messages,
                values,
              )
            : tn(
                "Send to {n} person for {price}",
                "Send to {n} people for {price}",
                of.messages,
                values,
              )}
        </button>
      </div>
    </section>
  );
}

function Missing({ of }: { of: Prechecked }) {
  const lacking = of.variables.filter(({ missing }) => missing > 0);
  if (lacking.length === 0) return null;
  return (
    <div class="warning" role="alert">
      {lacking.map(({ name, missing }) => (
        <p key={name}>
          <Badge tone="warn">
            <code>{`{{${name}}}`}</code>
          </Badge>{" "}
          {missing >= of.total_contacts
            ? t("Nobody has this. It is probably spelt wrong.")
            : tn(
                "{n} contact lacks this: the place stays empty.",
                "{n} contacts lack this: the place stays empty.",
                missing,
              )}
        </p>
      ))}
    </div>
  );
}

function LeftOut({ of }: { of: Prechecked }) {
  const parts = [
    of.duplicates > 0 && tn("{n} was there twice", "{n} were there twice", of.duplicates),
    of.opted_out > 0 && tn("{n} has opted out", "{n} have opted out", of.opted_out),
    of.too_long > 0 && tn("{n} text is too long", "{n} texts are too long", of.too_long),
    of.unroutable_count > 0 &&
      tn("{n} number cannot be sent to", "{n} numbers cannot be sent to", of.unroutable_count),
  ].filter(Boolean);
  if (parts.length === 0) return null;
  return (
    <div>
      <h3>{t("Left out")}</h3>
      <ul>
        {parts.map((part) => (
          <li key={String(part)}>{part}</li>
        ))}
      </ul>
      {of.unroutable.length > 0 && (
        <p class="code quiet" dir="auto">
          {of.unroutable.join(", ")}
        </p>
      )}
    </div>
  );
}
