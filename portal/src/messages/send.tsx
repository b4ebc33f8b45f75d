// One message: what it will cost is known before, and what becomes of it is seen live.
import { useEffect, useState } from "preact/hooks";
import { api, must, OnceKey } from "../app/api";
import { useAction, useLoad, useSettled } from "../app/load";
import { countryName, money, shortTime, t } from "../app/words";
import { place } from "../app/place";
import { Badge, Head } from "../ui/basics";
import { Field, Form, Submit } from "../ui/forms";
import { MessageStory } from "./story";
import { Segments, usePreview } from "./segments";

// What happens where the recipient is. Browsers that do not know a country's zones show nothing.
function clockIn(country: string): string | null {
  try {
    const locale = new Intl.Locale(`und-${country}`) as Intl.Locale & {
      getTimeZones?: () => string[];
      timeZones?: string[];
    };
    const zones = locale.getTimeZones?.() ?? locale.timeZones ?? [];
    return zones.length === 1 ? shortTime(new Date(), zones[0]) : null;
  } catch {
    return null;
  }
}

function useNumber(to: string) {
  const settled = useSettled(to, 400);
  const [facts, setFacts] = useState<{
    valid: boolean;
    country?: string | null;
    shown?: string | null;
  }>();
  useEffect(() => {
    if (settled.trim().length < 7) return setFacts(undefined);
    let late = false;
    void api.POST("/messages/validate", { body: { phone: settled } }).then(
      ({ data }) => {
        if (late || !data || !("valid" in data) || typeof data.valid !== "boolean") return;
        setFacts({ valid: data.valid, country: data.country, shown: data.international_format });
      },
      () => undefined,
    );
    return () => void (late = true);
  }, [settled]);
  return facts;
}

const once = new OnceKey();

export default function Send() {
  const query = place.value.query;
  const [to, setTo] = useState(query.get("to") ?? "");
  const [text, setText] = useState("");
  const [sender, setSender] = useState(query.get("sender") ?? "");
  const [at, setAt] = useState("");
  const [sent, setSent] = useState<string>();
  const facts = useNumber(to);
  const preview = usePreview(text, facts?.valid ? to : undefined);
  const names = useLoad(() => must(api.GET("/sender-ids")), []);
  const send = useAction(async () => {
    const body = {
      to,
      text,
      ...(sender ? { sender_id: sender } : {}),
      ...(at
        ? { schedule_mode: "scheduled" as const, scheduled_at: new Date(at).toISOString() }
        : {}),
    };
    const answer = await must(
      api.POST("/messages/send", { body, params: { header: once.of(body) } }),
    );
    once.done();
    setSent(answer.id);
    setText("");
  });
  const price =
    preview?.cost !== undefined && preview.currency
      ? money(preview.cost, preview.currency)
      : undefined;
  const clock = facts?.country ? clockIn(facts.country) : null;
  const usable = (names.data ?? []).filter((name) => name.approved_countries.length > 0);
  return (
    <>
      <Head title={t("Send a message")} />
      <div class="two">
        <Form onSend={send.run} failure={send.failure} label={t("Send a message")}>
          <Field
            label={t("To")}
            name="to"
            failure={send.failure}
            hint={
              facts?.valid ? (
                <>
                  {facts.shown} · {countryName(facts.country ?? "")}
                  {clock && ` · ${t("it is {time} there", { time: clock })}`}
                </>
              ) : facts ? (
                <Badge tone="warn">{t("This is not a whole number yet")}</Badge>
              ) : (
                t("With the country code, such as +254712345678")
              )
            }
          >
            <input
              type="tel"
              required
              autocomplete="off"
              value={to}
              onInput={(event) => setTo(event.currentTarget.value)}
            />
          </Field>
          <Field label={t("Text")} name="text" failure={send.failure}>
            <textarea
              required
              rows={4}
              dir="auto"
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          </Field>
          <Segments text={text} preview={preview} onReplace={setText} />
          <div class="pair">
            <Field label={t("Sender")} name="sender_id" failure={send.failure}>
              <select value={sender} onChange={(event) => setSender(event.currentTarget.value)}>
                <option value="">{t("The route's default")}</option>
                {usable.map((name) => (
                  <option key={name.id} value={name.name}>
                    {name.name}
                  </option>
                ))}
                {sender && !usable.some((name) => name.name === sender) && (
                  <option value={sender}>{sender}</option>
                )}
              </select>
            </Field>
            <Field
              label={t("When")}
              name="scheduled_at"
              failure={send.failure}
              hint={t("Empty: now. From 5 minutes to 7 days ahead.")}
            >
              <input
                type="datetime-local"
                value={at}
                onInput={(event) => setAt(event.currentTarget.value)}
              />
            </Field>
          </div>
          <div class="buttons">
            <Submit busy={send.busy}>
              {price
                ? at
                  ? t("Schedule for {price}", { price })
                  : t("Send for {price}", { price })
                : at
                  ? t("Schedule")
                  : t("Send")}
            </Submit>
          </div>
        </Form>
        <section aria-label={t("What becomes of it")} class="card">
          <h2>{t("What becomes of it")}</h2>
          {sent ? (
            <MessageStory id={sent} />
          ) : (
            <p class="quiet">{t("Send a message, and see each step of it here as it happens.")}</p>
          )}
        </section>
      </div>
    </>
  );
}
