// Texts that came in, by number: the newest of each on the left, the whole talk beside it.
import { useState } from "preact/hooks";
import { api, must, OnceKey, type Schemas } from "../app/api";
import { useAction, useLoad } from "../app/load";
import { place } from "../app/place";
import type { ScreenProps } from "../app/routes";
import { environment, may } from "../app/session";
import { t } from "../app/words";
import { Badge, Copy, Empty, Head, Loaded, Tabs, Time } from "../ui/basics";
import { Field, Form, Submit } from "../ui/forms";
import { StatusBadge } from "../ui/status";
import { Drawer, Pages, nextAfter } from "../ui/table";
import { Segments, usePreview } from "../messages/segments";

const LIMIT = 100;
const once = new OnceKey();

export const InboxTabs = ({ current }: { current: string }) => (
  <Tabs
    current={current}
    of={[
      ["/inbox", t("Conversations")],
      ["/opt-outs", t("Opt-outs")],
    ]}
  />
);

export default function Inbox({ id }: ScreenProps) {
  const after = place.value.query.get("after") ?? undefined;
  const list = useLoad(
    () =>
      must(
        api.GET("/inbound", {
          params: { query: { after, limit: LIMIT, environment: environment.value } },
        }),
      ),
    [after],
    ["sms_inbound"],
  );
  return (
    <>
      <Head title={t("Inbox")} />
      <InboxTabs current="/inbox" />
      <div class={id ? "beside" : ""}>
        <div class="list">
          <Loaded of={list} lines={8}>
            {({ messages }) =>
              messages.length === 0 ? (
                <Empty title={t("Nothing has come in yet.")}>
                  <p>{t("Texts to your numbers appear here as they come.")}</p>
                </Empty>
              ) : (
                <>
                  <ul class="threads">
                    {newestOfEach(messages).map((one) => (
                      <li key={one.from}>
                        <a
                          href={`/inbox/${encodeURIComponent(one.from)}`}
                          aria-current={one.from === id ? "true" : undefined}
                        >
                          <span class="code">{one.from}</span> <Time at={one.created_at} />
                          <span class="line" dir="auto">
                            {one.text}
                          </span>
                        </a>
                      </li>
                    ))}
                  </ul>
                  <Pages next={nextAfter(messages, LIMIT, (row) => row.id)} />
                </>
              )
            }
          </Loaded>
        </div>
        {id && (
          <Drawer title={<Copy text={id} />} back="/inbox">
            <Talk number={id} key={id} />
          </Drawer>
        )}
      </div>
    </>
  );
}

function newestOfEach(messages: Schemas["Inbound"][]) {
  const seen = new Set<string>();
  return messages.filter(({ from }) => !seen.has(from) && seen.add(from));
}

type Line = { at: string; key: string; inbound?: Schemas["Inbound"]; sent?: Schemas["Message"] };

function Talk({ number }: { number: string }) {
  const talk = useLoad(
    async () => {
      const [inbound, sent] = await Promise.all([
        must(
          api.GET("/inbound", {
            params: { query: { from: number, limit: 50, environment: environment.value } },
          }),
        ),
        must(api.GET("/messages", { params: { query: { to: number, limit: 50 } } })),
      ]);
      const lines: Line[] = [
        ...inbound.messages.map((one) => ({ at: one.created_at, key: one.id, inbound: one })),
        ...sent.messages.map((one) => ({ at: one.created_at, key: one.id, sent: one })),
      ];
      return lines.sort((one, other) => one.at.localeCompare(other.at));
    },
    [number],
    ["sms_inbound", "message_status"],
  );
  return (
    <Loaded of={talk} lines={6}>
      {(lines) => (
        <>
          <ol class="talk" aria-live="polite">
            {lines.map(({ key, inbound, sent }) => (
              <li key={key} class={inbound ? "theirs" : "ours"}>
                <span class="unseen">{inbound ? t("They wrote") : t("You wrote")}</span>
                <p dir="auto">{(inbound ?? sent)!.text}</p>
                <span class="quiet">
                  <Time at={(inbound ?? sent)!.created_at} />{" "}
                  {sent && <StatusBadge of={sent.status} />}
                  {inbound?.opt_out === "stop" && <Badge tone="warn">{t("Opted out")}</Badge>}
                  {inbound?.opt_out === "start" && <Badge tone="good">{t("Opted in again")}</Badge>}
                </span>
              </li>
            ))}
          </ol>
          {may.value.send && <Reply to={number} done={talk.reload} />}
        </>
      )}
    </Loaded>
  );
}

function Reply({ to, done }: { to: string; done: () => Promise<void> }) {
  const [text, setText] = useState("");
  const preview = usePreview(text, to);
  const send = useAction(async () => {
    const body = { to, text };
    await must(api.POST("/messages/send", { body, params: { header: once.of(body) } }));
    once.done();
    setText("");
    await done();
  });
  return (
    <Form onSend={send.run} failure={send.failure} label={t("Reply")}>
      <Field label={t("Reply")} name="text" failure={send.failure}>
        <textarea
          required
          rows={2}
          dir="auto"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </Field>
      {text && <Segments text={text} preview={preview} onReplace={setText} />}
      <div class="buttons">
        <Submit busy={send.busy}>{t("Send the reply")}</Submit>
      </div>
    </Form>
  );
}
