// A carrier: how it is, what it may, its secrets, how we speak with it, and a message to try it.
import { useState } from "preact/hooks";
import { api, must, OnceKey } from "../app/api";
import { useAction, useLoad } from "../app/load";
import { number, t } from "../app/words";
import { Badge, Copy, Facts, Loaded, Problem, Time } from "../ui/basics";
import { Confirm, Dialog, Field, Form, Submit } from "../ui/forms";
import { StatusBadge } from "../ui/status";

const KINDS = ["http", "kannel", "ringcentral"] as const;
const TRIAL_WAIT_S = 8; // nginx waits 15 s for an answer, and the carrier has some of them
const LOOPBACK = "loopback"; // ours: it has no description
const once = new OnceKey();

type Kind = (typeof KINDS)[number];
type Known = Awaited<ReturnType<typeof read>>;
type Reload = () => Promise<unknown>;

const read = (carrier: string) =>
  must(api.GET("/admin/carriers/{carrier}", { params: { path: { carrier } } }));

export function Breaker({ of }: { of: Known["breaker"] }) {
  if (of === "closed") return <Badge tone="good">{t("Takes messages")}</Badge>;
  if (of === "open") return <Badge tone="bad">{t("Left alone after failures")}</Badge>;
  return <Badge tone="warn">{t("Being tried")}</Badge>;
}

export function Carrier({ name, changed }: { name: string; changed: Reload }) {
  const carrier = useLoad(() => read(name), [name]);
  const reload = () => Promise.all([carrier.reload(), changed()]);
  return (
    <Loaded of={carrier} lines={6}>
      {(known) => (
        <>
          <Facts
            of={[
              [t("State"), <StatusBadge of={known.is_active ? "active" : "suspended"} />],
              [t("Health"), <Breaker of={known.breaker} />],
              !!known.last_failure_at && [
                t("Last failure"),
                <>
                  <Time at={known.last_failure_at} />{" "}
                  <span lang="en" dir="auto">
                    {known.last_error}
                  </span>
                </>,
              ],
              [t("Kind"), known.kind ?? "–"],
            ]}
          />
          <Limits of={known} reload={reload} />
          <Secrets of={known} reload={reload} />
          {name !== LOOPBACK && <Description of={known} reload={reload} />}
          {known.kind && known.kind !== "ringcentral" && <Trial of={known} />}
        </>
      )}
    </Loaded>
  );
}

const words = (text: string) => text.split(/[\s,]+/).filter(Boolean);

function Limits({ of, reload }: { of: Known; reload: Reload }) {
  const [all, setAll] = useState(String(of.segments_per_s));
  const [sender, setSender] = useState(String(of.sender_segments_per_s));
  const [networks, setNetworks] = useState(of.allowed_ips.join("\n"));
  const save = useAction(async () => {
    const body = {
      segments_per_s: Number(all),
      sender_segments_per_s: Number(sender),
      allowed_ips: words(networks),
    };
    await must(
      api.PUT("/admin/carriers/{carrier}", { params: { path: { carrier: of.carrier } }, body }),
    );
    await reload();
  });
  const value = (event: Event) => (event.currentTarget as HTMLInputElement).value;
  return (
    <section>
      <h3>{t("Limits")}</h3>
      <Form onSend={save.run} failure={save.failure} label={t("Limits")}>
        <Field
          label={t("Segments a second")}
          hint={t("0: no limit")}
          name="segments_per_s"
          failure={save.failure}
        >
          <input
            type="number"
            min={0}
            required
            value={all}
            onInput={(event) => setAll(value(event))}
          />
        </Field>
        <Field
          label={t("Segments a second from one sender")}
          hint={t("0: no limit")}
          name="sender_segments_per_s"
          failure={save.failure}
        >
          <input
            type="number"
            min={0}
            required
            value={sender}
            onInput={(event) => setSender(value(event))}
          />
        </Field>
        <Field
          label={t("It calls from")}
          hint={t("Addresses and networks, one a line. None: from everywhere.")}
          name="allowed_ips"
          failure={save.failure}
        >
          <textarea
            rows={3}
            class="code"
            value={networks}
            onInput={(event) => setNetworks(value(event))}
          />
        </Field>
        <div class="buttons">
          <Submit busy={save.busy}>{t("Save the limits")}</Submit>
        </div>
      </Form>
    </section>
  );
}

export function NewSecret({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <Dialog wide title={t("This secret is shown only now")} onClose={onClose}>
      <p>{t("Give it to the carrier. One before it holds until you end it.")}</p>
      <p class="secret">
        <Copy text={secret} />
      </p>
      <div class="buttons">
        <button type="button" class="main" onClick={onClose}>
          {t("I have copied it")}
        </button>
      </div>
    </Dialog>
  );
}

function Secrets({ of, reload }: { of: Known; reload: Reload }) {
  const [made, setMade] = useState<string>();
  const [asking, setAsking] = useState(false);
  const path = { carrier: of.carrier };
  const make = useAction(async () => {
    const header = once.of(path);
    const answer = await must(
      api.POST("/admin/carriers/{carrier}/secrets", { params: { path, header }, body: {} }),
    );
    once.done();
    setMade(answer.secret);
    await reload();
  });
  const forget = useAction(async () => {
    await must(api.DELETE("/admin/carriers/{carrier}/secrets", { params: { path } }));
    setAsking(false);
    await reload();
  });
  return (
    <section>
      <h3>{t("Secrets")}</h3>
      <p>
        {t("{n} in force. The carrier shows one of them with each receipt and text.", {
          n: number(of.secrets),
        })}
      </p>
      <div class="buttons">
        <button type="button" onClick={() => void make.run()}>
          {t("Make another secret")}
        </button>
        {of.secrets > 1 && (
          <button type="button" class="danger" onClick={() => setAsking(true)}>
            {t("Only the newest holds")}
          </button>
        )}
      </div>
      <Problem failure={make.failure} />
      {made && <NewSecret secret={made} onClose={() => setMade(undefined)} />}
      {asking && (
        <Confirm
          title={t("Let only the newest secret hold?")}
          text={t("Receipts and texts that bear the one before it are refused from now on.")}
          action={t("Only the newest holds")}
          act={forget}
          onClose={() => setAsking(false)}
        />
      )}
    </section>
  );
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === "object";
  } catch {
    return false;
  }
}

type Shown = {
  deduplicates?: boolean;
  method?: string;
  url?: string;
  headers?: string[];
  body?: string;
};

function Request({ of }: { of: Shown }) {
  if (!of.method) return <p role="status">{t("It is good. This kind has no request to show.")}</p>;
  return (
    <div role="status">
      <p>
        {of.deduplicates
          ? t("It is good. The carrier recognises what is asked twice.")
          : t("It is good. The carrier cannot tell what is asked twice.")}
      </p>
      <pre tabIndex={0} dir="auto" lang="en">
        {[`${of.method} ${of.url}`, ...(of.headers ?? []), "", of.body ?? ""].join("\n")}
      </pre>
    </div>
  );
}

function Description({ of, reload }: { of: Known; reload: Reload }) {
  const [kind, setKind] = useState<Kind>((of.kind as Kind) ?? "http");
  const [text, setText] = useState(JSON.stringify(of.settings, null, 2));
  const [shown, setShown] = useState<Shown>();
  const params = { path: { carrier: of.carrier } };
  const body = () => ({ kind, settings: JSON.parse(text) });
  const check = useAction(async () => {
    setShown(undefined);
    setShown(await must(api.POST("/admin/carriers/{carrier}/check", { params, body: body() })));
  });
  const save = useAction(async () => {
    await must(api.PUT("/admin/carriers/{carrier}/settings", { params, body: body() }));
    await reload();
  });
  const failure = save.failure ?? check.failure;
  return (
    <section>
      <h3>{t("How we speak with it")}</h3>
      <p class="quiet">
        {t("Secrets stand in the carrier’s file on the host, and the description names them.")}{" "}
        <a href="/docs/">{t("Documentation")}</a>
      </p>
      <Form
        onSend={async () => {
          check.clear();
          await save.run();
        }}
        failure={failure}
        label={t("How we speak with it")}
      >
        <Field label={t("Kind")} name="kind" failure={failure}>
          <select
            value={kind}
            onChange={(event) => setKind((event.currentTarget as HTMLSelectElement).value as Kind)}
          >
            {KINDS.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        </Field>
        <Field label={t("Description (JSON)")} name="settings" failure={failure}>
          <textarea
            rows={14}
            class="code"
            spellcheck={false}
            value={text}
            onInput={(event) => {
              const area = event.currentTarget as HTMLTextAreaElement;
              area.setCustomValidity(isJson(area.value) ? "" : "JSON");
              setText(area.value);
            }}
          />
        </Field>
        <div class="buttons">
          <button
            type="button"
            aria-disabled={check.busy}
            onClick={(event) => {
              const form = (event.currentTarget as HTMLButtonElement).form!;
              save.clear();
              if (form.checkValidity()) void check.run();
            }}
          >
            {t("Check it")}
          </button>
          <Submit busy={save.busy}>{t("Save the description")}</Submit>
        </div>
      </Form>
      {shown && <Request of={shown} />}
    </section>
  );
}

function Trial({ of }: { of: Known }) {
  const [form, setForm] = useState({ to: "", from: "" });
  const put = (name: keyof typeof form) => (event: Event) =>
    setForm({ ...form, [name]: (event.currentTarget as HTMLInputElement).value });
  const [said, setSaid] = useState<Awaited<ReturnType<typeof ask>>>();
  const ask = (body: typeof form & { wait_s: number }) =>
    must(
      api.POST("/admin/carriers/{carrier}/try", {
        params: { path: { carrier: of.carrier }, header: once.of(body) },
        body,
      }),
    );
  const send = useAction(async () => {
    setSaid(undefined);
    setSaid(await ask({ ...form, wait_s: TRIAL_WAIT_S }));
    once.done();
  });
  return (
    <section>
      <h3>{t("Try it")}</h3>
      <p class="quiet">
        {t("One real message leaves at once. No account pays for it; the carrier may charge you.")}
      </p>
      <Form onSend={send.run} failure={send.failure} label={t("Try it")}>
        <div class="pair">
          <Field label={t("To")} name="to" failure={send.failure}>
            <input required type="tel" value={form.to} onInput={put("to")} />
          </Field>
          <Field label={t("Sender")} name="from" failure={send.failure}>
            <input required value={form.from} onInput={put("from")} />
          </Field>
        </div>
        <div class="buttons">
          <Submit busy={send.busy}>{t("Send one message")}</Submit>
        </div>
      </Form>
      {said && (
        <div role="status">
          <p>
            {t("The answer means:")} <strong lang="en">{said.answer.means}</strong>{" "}
            <span lang="en" dir="auto">
              {said.answer.detail}
            </span>
          </p>
          <pre tabIndex={0} dir="auto" lang="en">
            {JSON.stringify(said, null, 2)}
          </pre>
        </div>
      )}
    </section>
  );
}
