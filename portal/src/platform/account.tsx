// An account as those see it who run the platform: money, people, keys, endpoints, changes.
import { useState } from "preact/hooks";
import { api, must, OnceKey, type Schemas } from "../app/api";
import { useAction, useLoad } from "../app/load";
import { PlatformTabs } from "../app/parts";
import { place } from "../app/place";
import type { ScreenProps } from "../app/routes";
import { money, number, t } from "../app/words";
import { AuditTable } from "../account/audit";
import { Copy, Facts, Head, Loaded, Money, Problem, Time } from "../ui/basics";
import { Confirm } from "../ui/forms";
import { StatusBadge } from "../ui/status";
import { Table } from "../ui/table";
import { MoneyByHand } from "./money";
import { Overrides } from "./overrides";
import { AccountPeople } from "./people";

type Account = Schemas["Account"];
const once = new OnceKey();

export default function AccountScreen({ id = "" }: ScreenProps) {
  const path = { id: id as never };
  const account = useLoad(() => must(api.GET("/admin/accounts/{id}", { params: { path } })), [id]);
  return (
    <>
      <Head title={account.data?.name ?? t("Account")}>
        <a class="button" href="/platform">
          {t("All accounts")}
        </a>
      </Head>
      <PlatformTabs current="/platform" />
      <Loaded of={account} lines={4}>
        {(one) => (
          <>
            <Facts
              of={[
                [t("Id"), <Copy text={String(one.id)} />],
                [t("State"), <StatusBadge of={one.status} />],
                [t("Balance"), <Money of={one.balance} currency={one.currency} />],
                [t("Test balance"), <Money of={one.test_balance} currency={one.currency} />],
                [t("Since"), <Time at={one.created_at} />],
              ]}
            />
            <Standing of={one} reload={account.reload} />
            <MoneyByHand of={one} reload={account.reload} />
          </>
        )}
      </Loaded>
      <AccountPeople id={id} />
      <Keys id={id} />
      <Overrides id={id} />
      <Endpoints id={id} />
      <Changes id={id} />
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
  return (
    <div class="buttons">
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
      {of.status !== "closed" && (
        <button type="button" class="danger" onClick={() => setAsking("closed")}>
          {t("Close the account")}
        </button>
      )}
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
    </div>
  );
}

function Keys({ id }: { id: string }) {
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

function Endpoints({ id }: { id: string }) {
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

function Changes({ id }: { id: string }) {
  const after = Number(place.value.query.get("after")) || undefined;
  const list = useLoad(
    () =>
      must(
        api.GET("/admin/accounts/{id}/audit-log", {
          params: { path: { id: id as never }, query: { after, limit: 50 } },
        }),
      ),
    [id, after],
  );
  return (
    <section>
      <h2>{t("Audit")}</h2>
      <Loaded of={list} lines={3}>
        {({ entries }) => <AuditTable entries={entries} />}
      </Loaded>
    </section>
  );
}
