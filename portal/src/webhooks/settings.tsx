// The addresses that are called, for what, and the secret that signs.
import { useEffect, useState } from "preact/hooks";
import { api, must, OnceKey, type Schemas } from "../app/api";
import { useAction, useLoad } from "../app/load";
import { t } from "../app/words";
import { Badge, Copy, Loaded, Problem, Time } from "../ui/basics";
import { Confirm, Field, Form, Submit } from "../ui/forms";

const EVENTS = [
  "scheduled",
  "queued",
  "submitted",
  "sent",
  "delivered",
  "failed",
  "retrying",
  "cancelled",
  "expired",
].map((state) => `message.${state}`);
const once = new OnceKey();

export function Settings({ tested }: { tested: () => Promise<void> }) {
  const settings = useLoad(() => must(api.GET("/webhooks")), []);
  return (
    <Loaded of={settings} lines={4}>
      {(data) => <Addresses of={data} reload={settings.reload} tested={tested} />}
    </Loaded>
  );
}

function Addresses({
  of,
  reload,
  tested,
}: {
  of: Schemas["Webhooks"];
  reload: () => Promise<void>;
  tested: () => Promise<void>;
}) {
  const [dlr, setDlr] = useState(of.dlr_url ?? "");
  const [mo, setMo] = useState(of.mo_url ?? "");
  const [events, setEvents] = useState(of.events);
  useEffect(() => setEvents(of.events), [of.events.join()]);
  const save = useAction(async () => {
    await must(
      api.PUT("/webhooks", {
        body: { dlr_url: dlr || null, mo_url: mo || null, events, is_active: true },
      }),
    );
    await reload();
  });
  const test = useAction(async (type: "dlr" | "mo") => {
    await must(api.POST("/webhooks/test", { body: { type } }));
    await tested();
  });
  return (
    <section class="card">
      {of.disabled.map((one) => (
        <p class="problem" key={one.url}>
          {t("We stopped calling this address after only failures. Save it to go on.")}{" "}
          <span class="code">{one.url}</span> <Time at={one.at} />
        </p>
      ))}
      <Form onSend={save.run} failure={save.failure} label={t("Addresses")}>
        <div class="pair">
          <Field
            label={t("Address for what becomes of messages")}
            name="dlr_url"
            failure={save.failure}
          >
            <input
              type="url"
              placeholder="https://"
              value={dlr}
              onInput={(event) => setDlr(event.currentTarget.value)}
            />
          </Field>
          <Field label={t("Address for texts that come in")} name="mo_url" failure={save.failure}>
            <input
              type="url"
              placeholder="https://"
              value={mo}
              onInput={(event) => setMo(event.currentTarget.value)}
            />
          </Field>
        </div>
        <div class="choices" role="group" aria-label={t("Events")}>
          {EVENTS.map((name) => (
            <label key={name}>
              <input
                type="checkbox"
                checked={events.includes(name)}
                onChange={(event) =>
                  setEvents(
                    event.currentTarget.checked
                      ? [...events, name]
                      : events.filter((one) => one !== name),
                  )
                }
              />
              <span class="code">{name}</span>
            </label>
          ))}
        </div>
        <div class="buttons">
          <Submit busy={save.busy}>{t("Save")}</Submit>
          {of.dlr_url && (
            <button type="button" onClick={() => void test.run("dlr")}>
              {t("Call the first with an example")}
            </button>
          )}
          {of.mo_url && (
            <button type="button" onClick={() => void test.run("mo")}>
              {t("Call the second with an example")}
            </button>
          )}
        </div>
        <Problem failure={test.failure} />
      </Form>
      <Secret of={of} reload={reload} />
    </section>
  );
}

function Secret({ of, reload }: { of: Schemas["Webhooks"]; reload: () => Promise<void> }) {
  const [shown, setShown] = useState(false);
  const [asking, setAsking] = useState(false);
  const rotate = useAction(async () => {
    await must(api.POST("/webhooks/rotate-secret", { params: { header: once.of("rotate") } }));
    once.done();
    setAsking(false);
    await reload();
  });
  return (
    <p class="row">
      <span>
        {t("Secret that signs each call")}:{" "}
        {shown ? (
          <Copy text={of.signing_secret} />
        ) : (
          <span class="code">{of.signing_secret.slice(0, 10)}…</span>
        )}
      </span>
      <button type="button" aria-pressed={shown} onClick={() => setShown(!shown)}>
        {shown ? t("Hide") : t("Show")}
      </button>
      <button type="button" onClick={() => setAsking(true)}>
        {t("Make a new one")}
      </button>
      {of.old_secret_expires_at && (
        <Badge tone="warn">
          {t("The old one signs too, until")} <Time at={of.old_secret_expires_at} />
        </Badge>
      )}
      {asking && (
        <Confirm
          title={t("Make a new secret?")}
          danger={false}
          text={t(
            "For 24 hours each call bears both signatures. Give your server the new secret meanwhile.",
          )}
          action={t("Make a new one")}
          act={rotate}
          onClose={() => setAsking(false)}
        />
      )}
    </p>
  );
}
