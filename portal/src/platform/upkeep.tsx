// What is kept how long, and removing what is due.
import { useState } from "preact/hooks";
import type { Words } from "made/words";
import { api, must } from "../app/api";
import { useAction, useLoad } from "../app/load";
import { PlatformTabs } from "../app/parts";
import { number, t, tn } from "../app/words";
import { Badge, Head, Loaded } from "../ui/basics";
import { Confirm } from "../ui/forms";
import { Table } from "../ui/table";

const UNITS: Record<string, [Words, Words]> = {
  hours: ["{n} hour", "{n} hours"],
  days: ["{n} day", "{n} days"],
  months: ["{n} month", "{n} months"],
};

export default function Upkeep() {
  const list = useLoad(() => must(api.GET("/admin/retention")), []);
  const [asking, setAsking] = useState(false);
  const [removed, setRemoved] = useState<number>();
  const run = useAction(async () => {
    const answer = await must(api.POST("/admin/retention/run", { body: {} as never }));
    setRemoved(answer.retention.reduce((sum, one) => sum + one.removed, 0));
    setAsking(false);
    await list.reload();
  });
  const due = list.data?.retention.reduce((sum, one) => sum + one.due, 0) ?? 0;
  return (
    <>
      <Head title={t("Upkeep")}>
        {due > 0 && (
          <button type="button" class="danger" onClick={() => setAsking(true)}>
            {t("Remove what is due")}
          </button>
        )}
      </Head>
      <PlatformTabs current="/platform/upkeep" />
      <p role="status">
        {removed !== undefined && (
          <Badge tone="good">{tn("{n} row removed", "{n} rows removed", removed)}</Badge>
        )}
      </p>
      <Loaded of={list} lines={8}>
        {({ retention }) => (
          <Table
            name={t("What is kept how long")}
            rows={retention}
            id={(row) => row.setting}
            columns={[
              { head: t("What"), cell: (row) => <span class="code">{row.what}</span> },
              {
                head: t("Is kept"),
                cell: (row) => (row.keep === 0 ? t("For ever") : tn(...UNITS[row.unit]!, row.keep)),
              },
              {
                head: t("Setting"),
                wide: true,
                cell: (row) => <span class="code">{row.setting}</span>,
              },
              { head: t("Due"), end: true, cell: (row) => number(row.due) },
            ]}
          />
        )}
      </Loaded>
      {asking && (
        <Confirm
          title={t("Remove what is due?")}
          text={t("It is gone for good. The scheduler does the same by itself each night.")}
          action={tn("Remove {n} row", "Remove {n} rows", due)}
          act={run}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
