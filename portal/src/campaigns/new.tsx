// A campaign: to whom, what, when; then what it costs and who is left out; then it is sent at just
// that price.
import { useEffect, useState } from "preact/hooks";
import type { paths } from "made/api";
import { api, must, OnceKey } from "../app/api";
import { useAction, useLoad } from "../app/load";
import { go, place } from "../app/place";
import { t } from "../app/words";
import { Head, Problem } from "../ui/basics";
import { Field, Form, Submit } from "../ui/forms";
import { Segments, usePreview } from "../messages/segments";
import { failedOf } from "./again";
import { Quote, type Prechecked } from "./quote";
import { Recipients, type Chosen } from "./recipients";
import { Samples } from "./samples";

type Body = NonNullable<
  paths["/messages/send-bulk"]["post"]["requestBody"]
>["content"]["application/json"];
type Mode = "now" | "scheduled" | "drip";
const once = new OnceKey();

type Draft = {
  chosen: Chosen;
  text: string;
  name: string;
  sender: string;
  mode: Mode;
  at: string;
  rate: string;
  texts: Record<string, string>; // by number, of those who are sent to again
};

// Pasted numbers: one a line, or with commas or semicolons between.
export const pastedNumbers = (text: string) =>
  text
    .split(/[\n,;]+/)
    .map((number) => number.trim())
    .filter(Boolean);

function bodyOf({ chosen, text, name, sender, mode, at, rate, texts }: Draft): Body {
  const numbers = pastedNumbers(chosen.pasted);
  return {
    text,
    ...(chosen.lists.length ? { contact_list_ids: chosen.lists } : {}),
    ...(numbers.length
      ? {
          recipients: numbers.map((to) => (texts[to] ? { to, vars: { text: texts[to] } } : { to })),
        }
      : {}),
    ...(name ? { name } : {}),
    ...(sender ? { sender_id: sender } : {}),
    ...(mode !== "now" ? { schedule_mode: mode } : {}),
    ...(mode === "drip" ? { drip_rate: Number(rate) } : {}),
    ...(mode !== "now" && at ? { scheduled_at: new Date(at).toISOString() } : {}),
  } as Body;
}

export default function NewCampaign() {
  const asked = Number(place.value.query.get("list"));
  const [draft, setDraft] = useState<Draft>({
    chosen: { lists: asked ? [asked] : [], pasted: "" },
    text: "",
    name: "",
    sender: "",
    mode: "now",
    at: "",
    rate: "60",
    texts: {},
  });
  const change = (some: Partial<Draft>) => setDraft((before) => ({ ...before, ...some }));
  const batch = place.value.query.get("again");
  const again = useAction(async () => {
    const { numbers, text, texts } = await failedOf(batch!);
    change({ text, texts, chosen: { lists: [], pasted: numbers.join("\n") } });
  });
  useEffect(() => {
    if (batch) void again.run();
  }, [batch]);
  const [quote, setQuote] = useState<Prechecked>();
  const content = JSON.stringify(draft);
  // A price is for just what it was worked out for.
  useEffect(() => setQuote(undefined), [content]);
  const check = useAction(async () =>
    setQuote(await must(api.POST("/messages/bulk-precheck", { body: bodyOf(draft) }))),
  );
  const send = useAction(async () => {
    const body = { ...bodyOf(draft), quote_id: quote!.quote_id };
    const made = await must(
      api.POST("/messages/send-bulk", { body, params: { header: once.of(body) } }),
    );
    once.done();
    go(`/campaigns/${made.batch_id}`);
  });
  return (
    <>
      <Head title={t("New campaign")}>
        <a class="button" href="/campaigns">
          {t("All campaigns")}
        </a>
      </Head>
      <Form onSend={() => (quote ? undefined : check.run())} label={t("New campaign")}>
        <fieldset>
          <legend>{t("To whom")}</legend>
          <Recipients
            chosen={draft.chosen}
            onChange={(chosen) => change({ chosen })}
            failure={check.failure}
          />
        </fieldset>
        <fieldset>
          <legend>{t("What")}</legend>
          <Wording draft={draft} change={change} check={check.failure} />
        </fieldset>
        <fieldset>
          <legend>{t("When")}</legend>
          <Timing draft={draft} change={change} check={check.failure} />
        </fieldset>
        <Problem failure={again.failure ?? check.failure} />
        {!quote && (
          <div class="buttons">
            <Submit busy={check.busy}>{t("Work out the price")}</Submit>
          </div>
        )}
      </Form>
      {quote && (
        <Quote of={quote} send={send} scheduled={draft.mode !== "now" && draft.at !== ""} />
      )}
    </>
  );
}

type PartProps = {
  draft: Draft;
  change: (some: Partial<Draft>) => void;
  check: ReturnType<typeof useAction>["failure"];
};

function Wording({ draft, change, check }: PartProps) {
  const preview = usePreview(draft.text);
  const names = useLoad(() => must(api.GET("/sender-ids")), []);
  const lists = useLoad(
    async () =>
      await Promise.all(
        draft.chosen.lists.map((id) =>
          must(api.GET("/contact-lists/{id}", { params: { path: { id: id as never } } })),
        ),
      ),
    [draft.chosen.lists.join()],
  );
  const variables = [
    ...new Set(["name", "phone", ...(lists.data ?? []).flatMap((list) => list.columns)]),
  ];
  return (
    <>
      <Field label={t("Text")} name="text" failure={check}>
        <textarea
          required
          rows={4}
          dir="auto"
          value={draft.text}
          onInput={(event) => change({ text: event.currentTarget.value })}
        />
      </Field>
      <p class="chips">
        {t("Fill in for each:")}{" "}
        {variables.map((name) => (
          <button
            type="button"
            key={name}
            class="chip"
            onClick={() => change({ text: `${draft.text}{{${name}}}` })}
          >
            {`{{${name}}}`}
          </button>
        ))}
      </p>
      <Segments text={draft.text} preview={preview} onReplace={(text) => change({ text })} />
      <Samples lists={draft.chosen.lists} text={draft.text} />
      <div class="pair">
        <Field label={t("Sender")} name="sender_id" failure={check}>
          <select
            value={draft.sender}
            onChange={(event) => change({ sender: event.currentTarget.value })}
          >
            <option value="">{t("The route's default")}</option>
            {(names.data ?? [])
              .filter((name) => name.approved_countries.length > 0)
              .map((name) => (
                <option key={name.id} value={name.name}>
                  {name.name}
                </option>
              ))}
          </select>
        </Field>
        <Field
          label={t("Name of the campaign")}
          hint={t("For you alone")}
          name="name"
          failure={check}
        >
          <input
            value={draft.name}
            maxLength={80}
            onInput={(event) => change({ name: event.currentTarget.value })}
          />
        </Field>
      </div>
    </>
  );
}

function Timing({ draft, change, check }: PartProps) {
  return (
    <div class="pair">
      <Field label={t("How")}>
        <select
          value={draft.mode}
          onChange={(event) => change({ mode: event.currentTarget.value as Mode })}
        >
          <option value="now">{t("All at once, now")}</option>
          <option value="scheduled">{t("All at once, later")}</option>
          <option value="drip">{t("Little by little")}</option>
        </select>
      </Field>
      {draft.mode !== "now" && (
        <Field
          label={t("Begin")}
          name="scheduled_at"
          failure={check}
          hint={draft.mode === "drip" ? t("Empty: now") : t("From 5 minutes to 90 days ahead")}
        >
          <input
            type="datetime-local"
            required={draft.mode === "scheduled"}
            value={draft.at}
            onInput={(event) => change({ at: event.currentTarget.value })}
          />
        </Field>
      )}
      {draft.mode === "drip" && (
        <Field label={t("Messages a minute")} name="drip_rate" failure={check}>
          <input
            type="number"
            required
            min={1}
            max={600}
            value={draft.rate}
            onInput={(event) => change({ rate: event.currentTarget.value })}
          />
        </Field>
      )}
    </div>
  );
}
