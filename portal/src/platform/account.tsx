// An account as those see it who run the platform: money, people, keys, endpoints, changes.
import { useState } from "preact/hooks";
import { api, must, OnceKey, type Schemas } from "../app/api";
import { useAction, useLoad } from "../app/load";
import { PlatformTabs } from "../app/parts";
import { place } from "../app/place";
import type { ScreenProps } from "../app/routes";
import { money, number, t } from "../app/words";
import { AuditTable } from "../account/audit";
import { Copy, Facts, Head, Loaded, Money, Problem, Tabs, Time } from "../ui/basics";
import { Confirm } from "../ui/forms";
import { StatusBadge } from "../ui/status";
import { Table } from "../ui/table";
import { MoneyByHand } from "./money";
import { Overrides } from "./overrides";
import { AccountPeople } from "./people";

type Account = Schemas["Account"];
const once = new OnceKey();

// What is looked at of an account, each by an address of its own: `?part=keys`.
const PARTS = {
  "": Summary,
  people: ({ id }: Part) => <AccountPeople id={id} />,
  keys: Keys,
  carriers: ({ id }: Part) => <Overrides id={id} />,
  webhooks: Endpoints,
  audit: Changes,
};
type Part = { id: string; of: Account; reload: () => Promise<void> };

export default function AccountScreen({ id = "" }: ScreenProps) {
  const path = { id: id as never };
  const account = useLoad(() => must(api.GET("/admin/accounts/{id}", { params: { path } })), [id]);
  const asked = place.value.query.get("part") ?? "";
  const part = asked in PARTS ? (asked as keyof typeof PARTS) : "";
  const Shown = PARTS[part];
  const href = (name: string) => `/platform/accounts/${id}${name && `?part=${name}`}`;
  return (
    <>
      <Head title={account.data?.name ?? t("Account")}>
        {account.data && <StatusBadge of={account.data.status} />}
        <a class="button" href="/platform">
          {t("All accounts")}
        </a>
      </Head>
      <PlatformTabs current="/platform" />
      <Tabs
        label={t("Parts of the account")}
        current={href(part)}
        of={[
          [href(""), t("Summary")],
          [href("people"), t("People")],
          [href("keys"), t("Keys")],
          [href("carriers"), t("Carriers")],
          [href("webhooks"), t("Webhooks")],
          [href("audit"), t("Audit")],
        ]}
      />
      <Loaded of={account} lines={4}>
        {(one) => <Shown id={id} of={one} reload={account.reload} />}
      </Loaded>
    </>
  );
}

// Its money, what was done with it lately, and what may have to be done.
function Summary({ id, of, reload }: Part) {
  return (
    <>
      <Facts
        of={[
          [t("Balance"), <Money of={of.balance} currency={of.currency} />],
          [t("Warned below"), <Money of={of.low_balance_threshold} currency={of.currency} />],
          [t("Test balance"), <Money of={of.test_balance} currency={of.currency} />],
          [t("Id"), <Copy text={String(of.id)} />],
          [t("Since"), <Time at={of.created_at} />],
        ]}
      />
      <MoneyByHand of={of} reload={reload} />
      <Lately id={id} />
      <Standing of={of} reload={reload} />
    </>
  );
}

function Standing({ of, reload }: { of: Account; reload: () => Promise<void> }) {
  const [asking, setAsking] = useState<"suspended" | "closed">();
  const change = useAction(async (status: Account["status"]) => {
    await must(
      api.PUT("/admin/accounts/{id}", {
        params: { path: { id: of.id as never } },
        body: { status },
      }),
    );
    setAsking(undefined);
    await reload();
  });
  if (of.status === "closed") return null;
  return (
    <section class="card">
      <h2>{t("State")}</h2>
      <div class="buttons">
        <StatusBadge of={of.status} />
        {of.status === "active" && (
          <button type="button" class="danger" onClick={() => setAsking("suspended")}>
            {t("Suspend")}
          </button>
        )}
        {of.status === "suspended" && (
          <button type="button" onClick={() => void change.run("active")}>
            {t("Resume")}
          </button>
        )}
        <button type="button" class="danger" onClick={() => setAsking("closed")}>
          {t("Close the account")}
        </button>
      </div>
      <Problem failure={change.failure} />
      {asking === "suspended" && (
        <Confirm
          title={t("Suspend {name}?", { name: of.name })}
          text={t(
            "Its keys and people are refused from their next request on; what waits is held until it is resumed.",
          )}
          action={t("Suspend {name}", { name: of.name })}
          act={{ ...change, run: () => change.run("suspended") }}
          onClose={() => setAsking(undefined)}
        />
      )}
      {asking === "closed" && (
        <Confirm
          title={t("Close {name}?", { name: of.name })}
          text={t("What waits fails and is refunded. {balance} stays in the wallet.", {
            balance: money(of.balance, of.currency),
          })}
          action={t("Close {name}", { name: of.name })}
          act={{ ...change, run: () => change.run("closed") }}
          onClose={() => setAsking(undefined)}
        />
      )}
    </section>
  );
}

function Keys({ id }: Part) {
  const path = { id: id as never };
  const list = useLoad(
    () => must(api.GET("/admin/accounts/{id}/api-keys", { params: { path } })),
    [id],
  );
  const [asking, setAsking] = useState<{ id: number; name: string }>();
  const revoke = useAction(async () => {
    await must(
      api.DELETE("/admin/accounts/{id}/api-keys/{key}", {
        params: { path: { ...path, key: asking!.id as never } },
      }),
    );
    setAsking(undefined);
    await list.reload();
  });
  return (
    <section>
      <h2>{t("Keys")}</h2>
      <Loaded of={list} lines={2}>
        {({ api_keys }) => (
          <Table
            name={t("Keys")}
            rows={api_keys}
            id={(row) => row.id}
            columns={[
              { head: t("Name"), cell: (row) => <span dir="auto">{row.name}</span> },
              { head: t("Key"), wide: true, cell: (row) => <span class="code">{row.prefix}</span> },
              { head: t("State"), cell: (row) => <StatusBadge of={row.status} /> },
              {
                head: t("Last used"),
                end: true,
                cell: (row) => <Time at={row.last_used_at} none={t("never")} />,
              },
              {
                head: "",
                end: true,
                cell: (row) =>
                  row.status === "active" && (
                    <button type="button" class="danger" onClick={() => setAsking(row)}>
                      {t("Revoke")}
                    </button>
                  ),
              },
            ]}
          />
        )}
      </Loaded>
      {asking && (
        <Confirm
          title={t("Revoke the key?")}
          text={t("Programs that use {name} are refused from their next request on.", {
            name: asking.name,
          })}
          action={t("Revoke {name}", { name: asking.name })}
          act={revoke}
          onClose={() => setAsking(undefined)}
        />
      )}
    </section>
  );
}

function Endpoints({ id }: Part) {
  const path = { id: id as never };
  const list = useLoad(
    () => must(api.GET("/admin/accounts/{id}/webhooks", { params: { path } })),
    [id],
  );
  const replay = useAction(async (endpoint: string) => {
    const body = {
      endpoint_id: endpoint,
      status: "dead" as const,
      date_from: new Date(Date.now() - 7 * 86_400_000).toISOString(),
      date_to: new Date().toISOString(),
    };
    await must(
      api.POST("/admin/accounts/{id}/webhooks/replay", {
        params: { path, header: once.of(body) },
        body,
      }),
    );
    once.done();
    await list.reload();
  });
  return (
    <section>
      <h2>{t("Webhooks")}</h2>
      <Problem failure={replay.failure} />
      <Loaded of={list} lines={2}>
        {({ endpoints }) => (
          <Table
            name={t("Webhooks")}
            rows={endpoints}
            id={(row) => row.id}
            columns={[
              {
                head: t("Address"),
                wide: true,
                cell: (row) => (
                  <span class="code" dir="auto">
                    {row.url ?? "–"}
                  </span>
                ),
              },
              {
                head: t("State"),
                cell: (row) => <StatusBadge of={row.is_active ? "active" : "off"} />,
              },
              { head: t("Waiting"), end: true, cell: (row) => number(row.pending) },
              { head: t("Given up"), end: true, cell: (row) => number(row.dead) },
              {
                head: "",
                end: true,
                cell: (row) =>
                  row.dead > 0 && (
                    <button type="button" onClick={() => void replay.run(row.id)}>
                      {t("Call those of 7 days again")}
                    </button>
                  ),
              },
            ]}
          />
        )}
      </Loaded>
    </section>
  );
}

const LIMIT = 50;
const LATELY = 5;

const readChanges = (id: string, limit: number, after?: number) =>
  must(
    api.GET("/admin/accounts/{id}/audit-log", {
      params: { path: { id: id as never }, query: { after, limit } },
    }),
  );

function Changes({ id }: Part) {
  const after = Number(place.value.query.get("after")) || undefined;
  const list = useLoad(() => readChanges(id, LIMIT, after), [id, after]);
  return (
    <section>
      <h2>{t("Audit")}</h2>
      <Loaded of={list} lines={3}>
        {({ entries }) => <AuditTable entries={entries} />}
      </Loaded>
    </section>
  );
}

function Lately({ id }: { id: string }) {
  const list = useLoad(() => readChanges(id, LATELY), [id]);
  return (
    <section>
      <h2>{t("Changed lately")}</h2>
      <Loaded of={list} lines={3}>
        {({ entries }) => <AuditTable entries={entries} />}
      </Loaded>
    </section>
  );
}
