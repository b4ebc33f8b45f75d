// The numbers that want nothing.
import { useState } from "preact/hooks";
import { api, must, OnceKey } from "../app/api";
import { useAction, useLoad } from "../app/load";
import { place } from "../app/place";
import { may } from "../app/session";
import { t } from "../app/words";
import { Copy, Empty, Head, Loaded, Time } from "../ui/basics";
import { Confirm, Field, Form, Submit } from "../ui/forms";
import { Pages, Table, nextAfter } from "../ui/table";
import { InboxTabs } from "./inbox";

const LIMIT = 100;
const once = new OnceKey();

export default function OptOuts() {
  const after = place.value.query.get("after") ?? undefined;
  const list = useLoad(
    () => must(api.GET("/opt-outs", { params: { query: { after, limit: LIMIT } } })),
    [after],
    ["sms_inbound"],
  );
  const [asking, setAsking] = useState<string>();
  const remove = useAction(async () => {
    await must(api.DELETE("/opt-outs/{phone}", { params: { path: { phone: asking! } } }));
    setAsking(undefined);
    await list.reload();
  });
  return (
    <>
      <Head title={t("Opt-outs")} />
      <InboxTabs current="/opt-outs" />
      {may.value.send && <Add done={list.reload} />}
      <Loaded of={list}>
        {({ opt_outs }) =>
          opt_outs.length === 0 ? (
            <Empty title={t("Nobody has opted out.")}>
              <p>
                {t("Who texts STOP to one of your numbers gets nothing more, and stands here.")}
              </p>
            </Empty>
          ) : (
            <>
              <Table
                name={t("Opt-outs")}
                rows={opt_outs}
                id={(row) => row.phone}
                columns={[
                  { head: t("Number"), cell: (row) => <Copy text={row.phone} /> },
                  {
                    head: t("By"),
                    cell: (row) =>
                      row.source === "message" ? t("Text of theirs") : t("Put in here"),
                  },
                  { head: t("When"), cell: (row) => <Time at={row.created_at} /> },
                  {
                    head: "",
                    end: true,
                    cell: (row) =>
                      may.value.send && (
                        <button type="button" onClick={() => setAsking(row.phone)}>
                          {t("Send to again")}
                        </button>
                      ),
                  },
                ]}
              />
              <Pages next={nextAfter(opt_outs, LIMIT, (row) => row.phone)} />
            </>
          )
        }
      </Loaded>
      {asking && (
        <Confirm
          title={t("Send to {number} again?", { number: asking })}
          text={t("They asked for no more texts. Only do this if they have told you otherwise.")}
          action={t("Send to again")}
          act={remove}
          onClose={() => setAsking(undefined)}
        />
      )}
    </>
  );
}

function Add({ done }: { done: () => Promise<void> }) {
  const [phone, setPhone] = useState("");
  const add = useAction(async () => {
    await must(api.POST("/opt-outs", { body: { phone }, params: { header: once.of(phone) } }));
    once.done();
    setPhone("");
    await done();
  });
  return (
    <Form onSend={add.run} failure={add.failure} label={t("Send to a number no more")}>
      <div class="row">
        <Field label={t("Send to a number no more")} name="phone" failure={add.failure}>
          <input
            type="tel"
            required
            value={phone}
            onInput={(event) => setPhone(event.currentTarget.value)}
          />
        </Field>
        <Submit busy={add.busy}>{t("Add")}</Submit>
      </div>
    </Form>
  );
}
