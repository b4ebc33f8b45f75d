// One-time codes: what became of them, and the apps that they are for.
import { useState } from "preact/hooks";
import { api, must, OnceKey, type Schemas } from "../app/api";
import { useAction, useLoad } from "../app/load";
import { DeveloperTabs } from "../app/parts";
import { go, place, withQuery } from "../app/place";
import { may } from "../app/session";
import { countryName, number, percent, t } from "../app/words";
import { Copy, Empty, Head, Loaded, Time } from "../ui/basics";
import { Confirm, Field, Form, Submit } from "../ui/forms";
import { StatusBadge, stateWord } from "../ui/status";
import { Pages, Table, nextAfter } from "../ui/table";

const LIMIT = 50;
const STATES: Schemas["VerificationStatus"][] = [
  "pending",
  "approved",
  "failed",
  "expired",
  "canceled",
];
const once = new OnceKey();

export default function Verify() {
  const query = place.value.query;
  const after = query.get("after") ?? undefined;
  const status = (query.get("status") ?? undefined) as Schemas["VerificationStatus"] | undefined;
  const list = useLoad(
    () => must(api.GET("/verify", { params: { query: { after, status, limit: LIMIT } } })),
    [after, status],
    ["message_status"],
  );
  return (
    <>
      <Head title={t("Verify§noun")} />
      <DeveloperTabs current="/verify" />
      <Apps />
      <h2>{t("Codes")}</h2>
      <form class="filters">
        <label>
          {t("Status")}
          <select
            value={status ?? ""}
            onChange={(event) => go(withQuery({ status: event.currentTarget.value }))}
          >
            <option value="">{t("All")}</option>
            {STATES.map((name) => (
              <option key={name} value={name}>
                {stateWord(name)}
              </option>
            ))}
          </select>
        </label>
      </form>
      <Loaded of={list}>
        {({ verifications }) =>
          verifications.length === 0 ? (
            <Empty title={t("No code was sent yet.")}>
              <a class="button" href="/docs/#post_verify_start">
                {t("How to send one")}
              </a>
            </Empty>
          ) : (
            <>
              <Table
                name={t("Codes")}
                rows={verifications}
                id={(row) => row.verification_id}
                columns={[
                  { head: t("To"), cell: (row) => <span class="code">{row.to}</span> },
                  { head: t("Status"), cell: (row) => <StatusBadge of={row.status} /> },
                  { head: t("Country"), cell: (row) => countryName(row.country) },
                  { head: t("Codes sent"), end: true, cell: (row) => number(row.sends) },
                  {
                    head: t("Attempts left"),
                    end: true,
                    cell: (row) => number(row.attempts_remaining),
                  },
                  { head: t("When"), end: true, cell: (row) => <Time at={row.created_at} /> },
                ]}
              />
              <Pages next={nextAfter(verifications, LIMIT, (row) => row.verification_id)} />
            </>
          )
        }
      </Loaded>
    </>
  );
}

function Apps() {
  const apps = useLoad(() => must(api.GET("/verify/apps")), []);
  const [name, setName] = useState("");
  const [asking, setAsking] = useState<Schemas["VerifyApp"]>();
  const make = useAction(async () => {
    const body = { name };
    await must(api.POST("/verify/apps", { body, params: { header: once.of(body) } }));
    once.done();
    setName("");
    await apps.reload();
  });
  const remove = useAction(async () => {
    await must(api.DELETE("/verify/apps/{id}", { params: { path: { id: asking!.id } } }));
    setAsking(undefined);
    await apps.reload();
  });
  return (
    <section>
      <h2>{t("Apps")}</h2>
      {may.value.send && (
        <Form onSend={make.run} failure={make.failure} label={t("New app")}>
          <div class="row">
            <Field label={t("Name of a new app")} name="name" failure={make.failure}>
              <input
                required
                maxLength={100}
                value={name}
                onInput={(event) => setName(event.currentTarget.value)}
              />
            </Field>
            <Submit busy={make.busy}>{t("Make the app")}</Submit>
          </div>
        </Form>
      )}
      <Loaded of={apps} lines={2}>
        {(data) =>
          data.apps.length === 0 ? (
            <p class="quiet">{t("Without an app, codes have the usual form.")}</p>
          ) : (
            <Table
              name={t("Apps")}
              rows={data.apps}
              id={(row) => row.id}
              columns={[
                { head: t("Name"), cell: (row) => <span dir="auto">{row.name}</span> },
                { head: t("Id"), cell: (row) => <Copy text={row.id} /> },
                { head: t("Digits"), end: true, cell: (row) => number(row.code_length) },
                {
                  head: t("Good for, in seconds"),
                  end: true,
                  cell: (row) => number(row.expiry_seconds),
                },
                { head: t("Approved in 7 days"), end: true, cell: (row) => <Rate id={row.id} /> },
                {
                  head: "",
                  end: true,
                  cell: (row) =>
                    may.value.send && (
                      <button type="button" class="danger" onClick={() => setAsking(row)}>
                        {t("Delete")}
                      </button>
                    ),
                },
              ]}
            />
          )
        }
      </Loaded>
      {asking && (
        <Confirm
          title={t("Delete the app?")}
          text={t("{name} is gone, and codes for it are refused.", { name: asking.name })}
          action={t("Delete {name}", { name: asking.name })}
          act={remove}
          onClose={() => setAsking(undefined)}
        />
      )}
    </section>
  );
}

function Rate({ id }: { id: string }) {
  const stats = useLoad(
    () =>
      must(api.GET("/verify/apps/{id}/stats", { params: { path: { id }, query: { days: 7 } } })),
    [id],
  );
  const rate = stats.data?.approval_rate;
  return <>{rate === null || rate === undefined ? "–" : percent(rate)}</>;
}
