// The account's settings.
import { useState } from "preact/hooks";
import { api, must, type Schemas } from "../app/api";
import { useAction, useLoad } from "../app/load";
import { AccountTabs } from "../app/parts";
import { t } from "../app/words";
import { Badge, Copy, Facts, Head, Loaded, Time } from "../ui/basics";
import { Confirm, Field, Form, Submit } from "../ui/forms";
import { StatusBadge } from "../ui/status";

type Workspace = Schemas["Workspace"];

export default function WorkspaceScreen() {
  const load = useLoad(() => must(api.GET("/workspace")), []);
  return (
    <>
      <Head title={t("Workspace")} />
      <AccountTabs current="/workspace" />
      <Loaded of={load}>{(data) => <Settings of={data} set={load.set} />}</Loaded>
      {load.data && <FactorRule of={load.data} set={load.set} />}
    </>
  );
}

function Settings({ of, set }: { of: Workspace; set: (data: Workspace) => void }) {
  const [name, setName] = useState(of.name);
  const [threshold, setThreshold] = useState(
    of.low_balance_threshold === null ? "" : String(of.low_balance_threshold),
  );
  const [refund, setRefund] = useState(of.refund_on);
  const [saved, setSaved] = useState(false);
  const save = useAction(async () => {
    setSaved(false);
    const body = {
      name,
      low_balance_threshold: threshold === "" ? null : threshold,
      refund_on: refund,
    };
    set(await must(api.PUT("/workspace", { body })));
    setSaved(true);
  });
  return (
    <>
      <Facts
        of={[
          [t("Id"), <Copy text={String(of.id)} />],
          [t("State"), <StatusBadge of={of.status} />],
          [t("Currency"), of.currency],
          [t("Since"), <Time at={of.created_at} />],
        ]}
      />
      <Form onSend={save.run} failure={save.failure} label={t("Workspace")}>
        <Field label={t("Name")} name="name" failure={save.failure}>
          <input
            required
            maxLength={200}
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </Field>
        <Field
          label={t("Tell us when the balance falls below")}
          hint={`${of.currency}. ${t("Empty: never")}`}
          name="low_balance_threshold"
          failure={save.failure}
        >
          <input
            type="number"
            min={0}
            step="0.01"
            value={threshold}
            onInput={(event) => setThreshold(event.currentTarget.value)}
          />
        </Field>
        <Field label={t("Give money back for")} name="refund_on" failure={save.failure}>
          <select
            value={refund}
            onChange={(event) => setRefund(event.currentTarget.value as Workspace["refund_on"])}
          >
            <option value="any_failure">{t("every message that fails")}</option>
            <option value="not_accepted">{t("what no carrier accepted")}</option>
          </select>
        </Field>
        <div class="buttons">
          <Submit busy={save.busy}>{t("Save")}</Submit>
          <span role="status">{saved && <Badge tone="good">{t("Saved")}</Badge>}</span>
        </div>
      </Form>
    </>
  );
}

// Whether the account's people need a second factor. Who asks it of others has one.
function FactorRule({ of, set }: { of: Workspace; set: (data: Workspace) => void }) {
  const [asking, setAsking] = useState(false);
  const needed = of.second_factor_required;
  const change = useAction(async () => {
    const body = { required: !needed };
    const { required } = await must(api.PUT("/workspace/second-factor", { body }));
    set({ ...of, second_factor_required: required });
    setAsking(false);
  });
  const action = needed ? t("Ask for none") : t("Ask it of everybody");
  return (
    <section class="card">
      <h2>{t("Second factor")}</h2>
      <p>
        {needed
          ? t("Everybody of this account needs a second factor.")
          : t("Whoever wants a second factor takes one in their profile.")}
      </p>
      <div class="buttons">
        <button type="button" onClick={() => setAsking(true)}>
          {action}
        </button>
      </div>
      {asking && (
        <Confirm
          title={needed ? t("Ask for none?") : t("Ask it of everybody?")}
          text={
            needed
              ? t("Those who have one keep it until they do without.")
              : t("Sessions without it end; the next login sets it up. You need one first.")
          }
          action={action}
          act={change}
          onClose={() => setAsking(false)}
        />
      )}
    </section>
  );
}
