// API keys: made, shown once, revoked.
import { useState } from "preact/hooks";
import type { paths } from "made/api";
import { api, must, OnceKey, type Schemas } from "../app/api";
import { useAction, useLoad } from "../app/load";
import { DeveloperTabs } from "../app/parts";
import { environment } from "../app/session";
import { t } from "../app/words";
import { Badge, Copy, Empty, Head, Loaded, Time } from "../ui/basics";
import { Confirm, Dialog, Field, Form, Submit } from "../ui/forms";
import { Table, type Column } from "../ui/table";
import { StatusBadge } from "../ui/status";

const once = new OnceKey();
type Made = paths["/api-keys"]["post"]["responses"]["200"]["content"]["application/json"];
type Key = Schemas["ApiKey"];

const state = (key: Key) =>
  !key.is_active
    ? "revoked"
    : key.expires_at && Date.parse(key.expires_at) < Date.now()
      ? "expired"
      : "active";

export default function Keys() {
  const list = useLoad(() => must(api.GET("/api-keys")), []);
  const [making, setMaking] = useState(false);
  const [asking, setAsking] = useState<Key>();
  const revoke = useAction(async () => {
    await must(api.DELETE("/api-keys/{id}", { params: { path: { id: asking!.id as never } } }));
    setAsking(undefined);
    await list.reload();
  });
  const columns: Column<Key>[] = [
    { head: t("Name"), cell: (row) => <span dir="auto">{row.name}</span> },
    { head: t("Key"), cell: (row) => <span class="code">{row.prefix}</span> },
    { head: t("State"), cell: (row) => <StatusBadge of={state(row)} /> },
    {
      head: t("Environment"),
      cell: (row) => (row.environment === "live" ? t("Live§environment") : t("Test")),
    },
    { head: t("May"), wide: true, cell: (row) => row.scopes.join(", ") },
    {
      head: t("Last used"),
      end: true,
      cell: (row) => <Time at={row.last_used_at} none={t("never")} />,
    },
    {
      head: t("Good until"),
      end: true,
      cell: (row) => <Time at={row.expires_at} none={t("for good")} />,
    },
    {
      head: "",
      end: true,
      cell: (row) =>
        row.is_active && (
          <button type="button" class="danger" onClick={() => setAsking(row)}>
            {t("Revoke")}
          </button>
        ),
    },
  ];
  return (
    <>
      <Head title={t("Keys")}>
        <button type="button" class="main" onClick={() => setMaking(true)}>
          {t("New key")}
        </button>
      </Head>
      <DeveloperTabs current="/keys" />
      <Loaded of={list}>
        {(keys) =>
          keys.length === 0 ? (
            <Empty title={t("There is no key yet.")}>
              <p>{t("Your programs show a key with each request.")}</p>
            </Empty>
          ) : (
            <Table name={t("Keys")} rows={keys} columns={columns} id={(row) => row.id} />
          )
        }
      </Loaded>
      {making && <NewKey onClose={() => setMaking(false)} done={list.reload} />}
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
    </>
  );
}

const SCOPES = ["send", "query", "webhooks"];

function NewKey({ onClose, done }: { onClose: () => void; done: () => Promise<void> }) {
  const [name, setName] = useState("");
  const [where, setWhere] = useState<"live" | "test">(environment.value);
  const [scopes, setScopes] = useState(SCOPES);
  const [made, setMade] = useState<Made>();
  const make = useAction(async () => {
    const body = { name, environment: where, scopes };
    setMade(await must(api.POST("/api-keys", { body, params: { header: once.of(body) } })));
    once.done();
    await done();
  });
  if (made) {
    return (
      <Dialog wide title={t("This key is shown only now")} onClose={onClose}>
        <p>{t("Copy it to where your program keeps its secrets. We keep no copy.")}</p>
        <p class="secret">
          <Copy text={made.key} />
        </p>
        <p>
          <Badge tone="good">{t("It works at once")}</Badge>{" "}
          <a href="/docs/">{t("Documentation")}</a>
        </p>
        <div class="buttons">
          <button type="button" class="main" onClick={onClose}>
            {t("I have copied it")}
          </button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={t("New key")} onClose={onClose}>
      <Form onSend={make.run} failure={make.failure}>
        <Field
          label={t("Name")}
          hint={t("Which program uses it")}
          name="name"
          failure={make.failure}
        >
          <input
            required
            maxLength={100}
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </Field>
        <Field label={t("Environment")} name="environment" failure={make.failure}>
          <select
            value={where}
            onChange={(event) => setWhere(event.currentTarget.value as "live" | "test")}
          >
            <option value="live">{t("Live§environment")}</option>
            <option value="test">{t("Test")}</option>
          </select>
        </Field>
        <div class="choices" role="group" aria-label={t("May")}>
          {SCOPES.map((scope) => (
            <label key={scope}>
              <input
                type="checkbox"
                checked={scopes.includes(scope)}
                onChange={(event) =>
                  setScopes(
                    event.currentTarget.checked
                      ? [...scopes, scope]
                      : scopes.filter((one) => one !== scope),
                  )
                }
              />
              <span class="code">{scope}</span>
            </label>
          ))}
        </div>
        <div class="buttons">
          <Submit busy={make.busy}>{t("Make the key")}</Submit>
        </div>
      </Form>
    </Dialog>
  );
}
