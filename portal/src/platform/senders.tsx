// Sender names that wait for a decision.
import { useState } from "preact/hooks";
import { api, must, OnceKey, type Schemas } from "../app/api";
import { useAction, useLoad } from "../app/load";
import { PlatformTabs } from "../app/parts";
import { place } from "../app/place";
import { t } from "../app/words";
import { countries } from "../senders/senders";
import { Empty, Head, Loaded, Problem, Time } from "../ui/basics";
import { Confirm, Field } from "../ui/forms";
import { Pages, Table, nextAfter } from "../ui/table";
import { Fees } from "./fees";

const LIMIT = 50;
const once = new OnceKey();
type Asked = Schemas["SenderRequest"];

export default function Approvals() {
  const after = Number(place.value.query.get("after")) || undefined;
  const list = useLoad(
    () => must(api.GET("/admin/sender-ids", { params: { query: { after, limit: LIMIT } } })),
    [after],
  );
  const [rejecting, setRejecting] = useState<Asked>();
  const [reason, setReason] = useState("");
  const pathOf = (row: Asked) => ({ id: row.account_id as never, sender: row.id as never });
  const approve = useAction(async (row: Asked) => {
    await must(
      api.POST("/admin/accounts/{id}/sender-ids/{sender}/approve", {
        params: { path: pathOf(row), header: once.of(["approve", row.id, row.pending_countries]) },
        body: {},
      }),
    );
    once.done();
    await list.reload();
  });
  const reject = useAction(async () => {
    await must(
      api.POST("/admin/accounts/{id}/sender-ids/{sender}/reject", {
        params: { path: pathOf(rejecting!), header: once.of(["reject", rejecting!.id, reason]) },
        body: { reason },
      }),
    );
    once.done();
    setRejecting(undefined);
    setReason("");
    await list.reload();
  });
  return (
    <>
      <Head title={t("Approvals")} />
      <PlatformTabs current="/platform/senders" />
      <Problem failure={approve.failure} />
      <Loaded of={list}>
        {({ sender_ids }) =>
          sender_ids.length === 0 ? (
            <Empty title={t("Nothing waits for a decision.")} />
          ) : (
            <>
              <Table
                name={t("Approvals")}
                rows={sender_ids}
                id={(row) => row.id}
                columns={[
                  { head: t("Name"), cell: (row) => <strong dir="auto">{row.name}</strong> },
                  {
                    head: t("Account"),
                    cell: (row) => (
                      <a href={`/platform/accounts/${row.account_id}`}>{row.account_id}</a>
                    ),
                  },
                  { head: t("Waits for"), cell: (row) => countries(row.pending_countries) },
                  {
                    head: t("What for"),
                    wide: true,
                    cell: (row) => <span dir="auto">{row.use_case ?? "–"}</span>,
                  },
                  { head: t("Asked"), end: true, cell: (row) => <Time at={row.created_at} /> },
                  {
                    head: "",
                    end: true,
                    cell: (row) => (
                      <span class="row">
                        <button type="button" class="main" onClick={() => void approve.run(row)}>
                          {t("Approve")}
                        </button>
                        <button type="button" class="danger" onClick={() => setRejecting(row)}>
                          {t("Reject")}
                        </button>
                      </span>
                    ),
                  },
                ]}
              />
              <Pages forward next={nextAfter(sender_ids, LIMIT, (row) => row.id)} />
            </>
          )
        }
      </Loaded>
      <Fees />
      {rejecting && (
        <Confirm
          title={t("Reject {name}?", { name: rejecting.name })}
          action={t("Reject {name}", { name: rejecting.name })}
          act={reject}
          onClose={() => setRejecting(undefined)}
        >
          <Field label={t("Reason, which they read")} name="reason" failure={reject.failure}>
            <input
              required
              maxLength={200}
              value={reason}
              onInput={(event) => setReason(event.currentTarget.value)}
            />
          </Field>
        </Confirm>
      )}
    </>
  );
}
