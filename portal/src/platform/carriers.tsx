// Carriers and how they are.
import { useState } from "preact/hooks";
import { api, must, OnceKey } from "../app/api";
import { useAction, useLoad } from "../app/load";
import { PlatformTabs } from "../app/parts";
import { go } from "../app/place";
import { number, t } from "../app/words";
import type { ScreenProps } from "../app/routes";
import { Empty, Head, Loaded, Problem, Time } from "../ui/basics";
import { Field, Form, Submit } from "../ui/forms";
import { StatusBadge } from "../ui/status";
import { Drawer, Table } from "../ui/table";
import { Breaker, Carrier, NewSecret } from "./carrier";

const once = new OnceKey();

export default function Carriers({ id }: ScreenProps) {
  const list = useLoad(() => must(api.GET("/admin/carriers")), []);
  const change = useAction(async (carrier: string, is_active: boolean) => {
    await must(
      api.PUT("/admin/carriers/{carrier}", { params: { path: { carrier } }, body: { is_active } }),
    );
    await list.reload();
  });
  return (
    <>
      <Head title={t("Carriers")}>
        <button type="button" onClick={() => void list.reload()}>
          {t("Look again")}
        </button>
      </Head>
      <PlatformTabs current="/platform/carriers" />
      <Problem failure={change.failure} />
      <NewCarrier done={list.reload} />
      <div class={id ? "beside" : ""}>
        <div class="list">
          <Loaded of={list}>
            {({ carriers }) =>
              carriers.length === 0 ? (
                <Empty title={t("There is no carrier.")} />
              ) : (
                <Table
                  name={t("Carriers")}
                  rows={carriers}
                  id={(row) => row.carrier}
                  current={id}
                  href={(row) => `/platform/carriers/${row.carrier}`}
                  columns={[
                    { head: t("Carrier"), cell: (row) => <strong>{row.carrier}</strong> },
                    {
                      head: t("State"),
                      cell: (row) => <StatusBadge of={row.is_active ? "active" : "suspended"} />,
                    },
                    { head: t("Health"), cell: (row) => <Breaker of={row.breaker} /> },
                    {
                      head: t("Last failure"),
                      wide: true,
                      cell: (row) =>
                        row.last_failure_at ? (
                          <>
                            <Time at={row.last_failure_at} />{" "}
                            <span lang="en" dir="auto">
                              {row.last_error}
                            </span>
                          </>
                        ) : (
                          "–"
                        ),
                    },
                    { head: t("Kind"), cell: (row) => row.kind ?? "–" },
                    {
                      head: t("Segments a second"),
                      end: true,
                      cell: (row) =>
                        row.segments_per_s ? number(row.segments_per_s) : t("no limit"),
                    },
                    { head: t("Secrets"), end: true, cell: (row) => number(row.secrets) },
                    {
                      head: "",
                      end: true,
                      cell: (row) => (
                        <button
                          type="button"
                          class={row.is_active ? "danger" : ""}
                          onClick={() => void change.run(row.carrier, !row.is_active)}
                        >
                          {row.is_active ? t("Suspend") : t("Resume")}
                        </button>
                      ),
                    },
                  ]}
                />
              )
            }
          </Loaded>
        </div>
        {id && (
          <Drawer title={id} back="/platform/carriers">
            <Carrier name={id} key={id} changed={list.reload} />
          </Drawer>
        )}
      </div>
    </>
  );
}

// A carrier begins with the secret by which it is known.
function NewCarrier({ done }: { done: () => Promise<void> }) {
  const [name, setName] = useState("");
  const [secret, setSecret] = useState<string>();
  const make = useAction(async () => {
    const params = { path: { carrier: name }, header: once.of(name) };
    const made = await must(api.POST("/admin/carriers/{carrier}/secrets", { params, body: {} }));
    once.done();
    setSecret(made.secret);
    await done();
  });
  return (
    <details class="card">
      <summary>{t("New carrier")}</summary>
      <Form onSend={make.run} failure={make.failure} label={t("New carrier")}>
        <Field label={t("Name")} hint={t("Small letters, digits, - and _; it stays")}>
          <input
            required
            maxLength={30}
            pattern="[a-z0-9_\-]+"
            value={name}
            onInput={(event) => setName((event.currentTarget as HTMLInputElement).value)}
          />
        </Field>
        <div class="buttons">
          <Submit busy={make.busy}>{t("Make it")}</Submit>
        </div>
      </Form>
      {secret && (
        <NewSecret
          secret={secret}
          onClose={() => {
            setSecret(undefined);
            setName("");
            go(`/platform/carriers/${name}`);
          }}
        />
      )}
    </details>
  );
}
