// Money by hand: in or out of an account's wallet, with a reason.
import { useState } from "preact/hooks";
import { api, must, OnceKey, type Schemas } from "../app/api";
import { useAction } from "../app/load";
import { money, t } from "../app/words";
import { Badge } from "../ui/basics";
import { Field, Form, Submit } from "../ui/forms";

const once = new OnceKey();

export function MoneyByHand({
  of,
  reload,
}: {
  of: Schemas["Account"];
  reload: () => Promise<void>;
}) {
  const [way, setWay] = useState<"credit" | "debit">("credit");
  const [amount, setAmount] = useState("");
  const [description, setDescription] = useState("");
  const [done, setDone] = useState("");
  const post = useAction(async () => {
    const body = { amount, description, currency: of.currency };
    const answer = await must(
      api.POST(`/admin/accounts/{id}/${way}`, {
        params: { path: { id: of.id as never }, header: once.of([way, body]) },
        body,
      }),
    );
    once.done();
    setDone(money(answer.balance, answer.currency));
    setAmount("");
    setDescription("");
    await reload();
  });
  return (
    <details class="card">
      <summary>{t("Money by hand")}</summary>
      <Form onSend={post.run} failure={post.failure} label={t("Money by hand")}>
        <div class="pair">
          <Field label={t("What")}>
            <select
              value={way}
              onChange={(event) => setWay(event.currentTarget.value as typeof way)}
            >
              <option value="credit">{t("Put in")}</option>
              <option value="debit">{t("Take out")}</option>
            </select>
          </Field>
          <Field
            label={t("Amount in {currency}", { currency: of.currency })}
            name="amount"
            failure={post.failure}
          >
            <input
              type="number"
              required
              min="0.000001"
              step="any"
              value={amount}
              onInput={(event) => setAmount(event.currentTarget.value)}
            />
          </Field>
          <Field label={t("Reason")} name="description" failure={post.failure}>
            <input
              required
              maxLength={200}
              value={description}
              onInput={(event) => setDescription(event.currentTarget.value)}
            />
          </Field>
        </div>
        <div class="buttons">
          <Submit busy={post.busy} danger={way === "debit"}>
            {way === "credit" ? t("Put it in") : t("Take it out")}
          </Submit>
          <span role="status">
            {done && (
              <Badge tone="good">{t("The balance is {balance} now", { balance: done })}</Badge>
            )}
          </span>
        </div>
      </Form>
    </details>
  );
}
