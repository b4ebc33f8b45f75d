// New prices and exchange rates: what they would change is seen before they are taken.
import { useState } from "preact/hooks";
import { api, must, OnceKey, type Schemas } from "../app/api";
import { useAction, useLoad } from "../app/load";
import { PlatformTabs } from "../app/parts";
import { number, t, tn } from "../app/words";
import { Badge, Head, Loaded, Time } from "../ui/basics";
import { Field, Form, Submit } from "../ui/forms";
import { Table } from "../ui/table";

const once = new OnceKey();
type Taken = Schemas["PricesTaken"];
type Kind = "prices" | "fx";

// Lines of `ROUTE,price` or `CURRENCY,rate`.
function pairs(text: string): [string, string][] {
  return text
    .split("\n")
    .map((line) => line.split(/[,;\t]/).map((part) => part.trim()))
    .filter((parts) => parts[0] && parts[1])
    .map((parts) => [parts[0]!, parts[1]!]);
}

async function take(kind: Kind, text: string, dry: boolean): Promise<Taken> {
  const params = { query: { dry_run: dry }, header: dry ? {} : once.of([kind, text]) };
  if (kind === "prices") {
    const prices = pairs(text).map(([route, price_per_segment]) => ({ route, price_per_segment }));
    return must(api.POST("/admin/prices", { params, body: { prices } }));
  }
  const rates = pairs(text).map(([currency, per_usd]) => ({ currency, per_usd }));
  return must(api.POST("/admin/fx", { params, body: { rates } }));
}

function Taking({
  kind,
  label,
  hint,
  done,
}: {
  kind: Kind;
  label: string;
  hint: string;
  done: () => unknown;
}) {
  const [text, setText] = useState("");
  const [tried, setTried] = useState<Taken>();
  const act = useAction(async (dry: boolean) => {
    setTried(await take(kind, text, dry));
    if (dry) return;
    once.done();
    done();
  });
  return (
    <Form onSend={() => act.run(true)} failure={act.failure} label={label}>
      <Field label={label} hint={hint}>
        <textarea
          required
          rows={4}
          class="code"
          value={text}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setTried(undefined);
          }}
        />
      </Field>
      <div class="buttons">
        <Submit busy={act.busy}>{t("Try it")}</Submit>
        {tried?.dry_run && (
          <button type="button" class="danger" onClick={() => void act.run(false)}>
            {tn("Make {n} change", "Make {n} changes", tried.changed)}
          </button>
        )}
        <span role="status">
          {tried && (
            <Badge tone={tried.dry_run ? "still" : "good"}>
              {tried.dry_run
                ? t("{given} given, {changed} would change", {
                    given: tried.given,
                    changed: tried.changed,
                  })
                : t("{given} given, {changed} changed", {
                    given: tried.given,
                    changed: tried.changed,
                  })}
            </Badge>
          )}
        </span>
      </div>
    </Form>
  );
}

export default function Prices() {
  const fx = useLoad(() => must(api.GET("/admin/fx")), []);
  const log = useLoad(
    () => must(api.GET("/admin/audit-log", { params: { query: { limit: 20 } } })),
    [],
  );
  const done = () => void Promise.all([fx.reload(), log.reload()]);
  return (
    <>
      <Head title={t("Prices and rates")} />
      <PlatformTabs current="/platform/prices" />
      <div class="two">
        <section class="card">
          <h2>{t("Prices")}</h2>
          <Taking
            kind="prices"
            label={t("New prices")}
            hint={t("A line each: route, price a segment. Such as ESMS_KE,1.20")}
            done={done}
          />
        </section>
        <section class="card">
          <h2>{t("Exchange rates")}</h2>
          <Taking
            kind="fx"
            label={t("New rates")}
            hint={t("A line each: currency, how many for a US dollar. Such as KES,129.5")}
            done={done}
          />
        </section>
      </div>
      <h2>{t("Rates in force")}</h2>
      <Loaded of={fx}>
        {({ rates }) => (
          <Table
            name={t("Rates in force")}
            rows={rates}
            id={(row) => row.currency}
            columns={[
              { head: t("Currency"), cell: (row) => row.currency },
              { head: t("For a US dollar"), end: true, cell: (row) => number(row.per_usd) },
              { head: t("Since"), end: true, cell: (row) => <Time at={row.valid_from} /> },
              {
                head: t("State"),
                wide: true,
                cell: (row) =>
                  row.is_sample ? (
                    <Badge tone="warn">{t("A sample: set the real one")}</Badge>
                  ) : (
                    <Badge tone="good">{t("In force")}</Badge>
                  ),
              },
            ]}
          />
        )}
      </Loaded>
      <h2>{t("Changes of routes, prices and rates")}</h2>
      <Loaded of={log} lines={3}>
        {({ entries }) => (
          <Table
            name={t("Changes of routes, prices and rates")}
            rows={entries}
            id={(row) => row.id}
            columns={[
              { head: t("When"), cell: (row) => <Time at={row.at} /> },
              { head: t("Who"), cell: (row) => row.actor || row.actor_kind },
              { head: t("Did"), cell: (row) => <span class="code">{row.action}</span> },
              {
                head: t("To what"),
                wide: true,
                cell: (row) => <span class="code">{row.subject}</span>,
              },
            ]}
          />
        )}
      </Loaded>
    </>
  );
}
