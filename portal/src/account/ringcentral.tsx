// The account's own numbers at RingCentral: who is connected, and how one connects.
import { useEffect, useState } from "preact/hooks";
import { apiV1, Failure, must, type Schemas } from "../app/api";
import { useAction, useLoad } from "../app/load";
import { AccountTabs } from "../app/parts";
import { readRingCentral } from "../app/ringcentral";
import { may } from "../app/session";
import { exactTime, t } from "../app/words";
import { Badge, Copy, Empty, Head, Loaded, Problem, Time } from "../ui/basics";
import { Confirm, Dialog, Field, Form, Submit } from "../ui/forms";
import { Table, type Column } from "../ui/table";

type User = Schemas["RcUser"];
type Connections = Awaited<ReturnType<typeof readRingCentral>>;

const LOOK_EVERY_MS = 3000; // whether somebody has connected meanwhile
const JWT_CHARACTERS_MAX = 8192; // as the API has it

export default function RingCentral() {
  const load = useLoad(readRingCentral, [], ["notification"]);
  return (
    <>
      <Head title={t("RingCentral")} />
      <AccountTabs current="/ringcentral" />
      <Loaded of={load}>{(data) => <Shown of={data} reload={load.reload} />}</Loaded>
    </>
  );
}

function Shown({ of, reload }: { of: Connections; reload: () => Promise<void> }) {
  if (!of.available && of.users.length === 0) {
    return (
      <Empty title={t("RingCentral is not switched on here.")}>
        <p>{t("Ask those who run the platform.")}</p>
      </Empty>
    );
  }
  const ended = of.users.some((user) => !user.connected);
  return (
    <>
      {!of.available && <p class="problem">{t("RingCentral is not switched on here.")}</p>}
      {ended && (
        <p class="problem">
          {t(
            "RingCentral has ended a connection: texts from its numbers fail and are refunded. Connect again as the same user.",
          )}
        </p>
      )}
      {of.users.length > 0 ? (
        <Table
          name={t("RingCentral users")}
          rows={of.users}
          columns={columns()}
          id={(user) => user.extensionId}
        />
      ) : (
        <Empty title={t("No number of RingCentral is connected yet.")}>
          <p>
            {t(
              "Connect, and texts leave from your own numbers there; texts to them come to your inbox.",
            )}
          </p>
        </Empty>
      )}
      <div class="buttons">
        {of.available && may.value.send && <Connect users={of.users} reload={reload} />}
        {of.available && may.value.admin && <ConnectByJwt reload={reload} />}
        {of.users.length > 0 && may.value.send && <Disconnect users={of.users} reload={reload} />}
      </div>
    </>
  );
}

const columns = (): Column<User>[] => [
  { head: t("Numbers"), wide: true, cell: (user) => <Numbers of={user} /> },
  { head: t("State"), cell: (user) => <State of={user} /> },
  { head: t("User§ringcentral"), cell: (user) => <Copy text={user.extensionId} /> },
  {
    head: t("Connected by"),
    cell: (user) => (user.connectedBy === "jwt" ? t("JWT") : t("sign-in")),
  },
  { head: t("Since"), end: true, cell: (user) => <Time at={user.connectedAt} /> },
];

function Numbers({ of }: { of: User }) {
  if (of.numbers.length === 0) return <>{t("No number of this user may send.")}</>;
  return (
    <>
      {of.numbers.map((number) => (
        <Copy key={number} text={number} />
      ))}
    </>
  );
}

function State({ of }: { of: User }) {
  if (!of.connected) return <Badge tone="bad">{t("Ended")}</Badge>;
  if (of.heldUntil) {
    return (
      <Badge tone="warn">
        {t("Held by RingCentral until {time}", { time: exactTime(of.heldUntil) })}
      </Badge>
    );
  }
  return <Badge tone="good">{t("Connected")}</Badge>;
}

type Part = { users: User[]; reload: () => Promise<void> };
const connected = (users: User[]) => users.filter((user) => user.connected).length;

function Connect({ users, reload }: Part) {
  const [way, setWay] = useState<{ url: string; before: number }>();
  const begin = useAction(async () => {
    const { connectUrl } = await must(apiV1.POST("/rc/connect-token"));
    setWay({ url: connectUrl, before: connected(users) });
  });
  const done = way && connected(users) > way.before;
  useEffect(() => {
    if (done) setWay(undefined);
  }, [done]);
  const name =
    users.length === 0
      ? t("Connect RingCentral")
      : connected(users) < users.length
        ? t("Connect again")
        : t("Connect another user");
  return (
    <>
      <button
        type="button"
        class="main"
        aria-disabled={begin.busy}
        onClick={() => void begin.run()}
      >
        {name}
      </button>
      <Problem failure={begin.failure} />
      {way && <SignInThere url={way.url} reload={reload} onClose={() => setWay(undefined)} />}
    </>
  );
}

// RingCentral's pages open beside this one, which looks meanwhile whether somebody has connected.
function SignInThere({
  url,
  reload,
  onClose,
}: {
  url: string;
  reload: () => Promise<void>;
  onClose: () => void;
}) {
  const [gone, setGone] = useState(false);
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") void reload();
    }, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <Dialog title={t("Sign in at RingCentral")} onClose={onClose}>
      <p>
        {t(
          "Whoever has the number signs in there and agrees. The link is good once, for 5 minutes.",
        )}
      </p>
      <div class="buttons">
        <a
          class="button main"
          href={url}
          target="_blank"
          rel="noopener"
          onClick={() => setGone(true)}
        >
          {t("Go on to RingCentral")}
        </a>
        <span role="status" class="quiet">
          {gone ? t("Waiting for RingCentral…") : ""}
        </span>
      </div>
      <Invite />
    </Dialog>
  );
}

function Invite() {
  const [url, setUrl] = useState("");
  const make = useAction(async () => {
    setUrl((await must(apiV1.POST("/rc/invite-token"))).inviteUrl);
  });
  return (
    <details class="card">
      <summary>{t("Somebody else has the number")}</summary>
      {url ? (
        <>
          <p>{t("Send them this link. It is good once, for 30 minutes.")}</p>
          <p class="secret">
            <Copy text={url} />
          </p>
        </>
      ) : (
        <button type="button" aria-disabled={make.busy} onClick={() => void make.run()}>
          {t("Make a link for them")}
        </button>
      )}
      <Problem failure={make.failure} />
    </details>
  );
}

// What is wrong with the only field is said beside it.
function ofField(thrown: unknown): unknown {
  if (!(thrown instanceof Failure) || thrown.status !== 400) return thrown;
  const { status, code, text, requestId } = thrown;
  return new Failure(status, code, text, { jwt: { type: "value_error", text } }, requestId);
}

function ConnectByJwt({ reload }: { reload: () => Promise<void> }) {
  const [open, setOpen] = useState(false);
  const [jwt, setJwt] = useState("");
  const close = () => {
    setOpen(false);
    setJwt("");
  };
  const connect = useAction(async () => {
    try {
      await must(apiV1.POST("/rc/jwt", { body: { jwt: jwt.trim() } }));
    } catch (thrown) {
      throw ofField(thrown);
    }
    close();
    await reload();
  });
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        {t("Connect by a JWT")}
      </button>
      {open && (
        <Dialog title={t("Connect by a JWT")} onClose={close}>
          <Form onSend={connect.run} failure={connect.failure}>
            <Field
              label={t("JWT")}
              hint={t(
                "A RingCentral user makes it in the developer console. It is kept sealed and never shown.",
              )}
              name="jwt"
              failure={connect.failure}
            >
              <textarea
                required
                rows={4}
                maxLength={JWT_CHARACTERS_MAX}
                autocomplete="off"
                spellcheck={false}
                value={jwt}
                onInput={(event) => setJwt(event.currentTarget.value)}
              />
            </Field>
            <div class="buttons">
              <Submit busy={connect.busy}>{t("Connect§verb")}</Submit>
            </div>
          </Form>
        </Dialog>
      )}
    </>
  );
}

function Disconnect({ users, reload }: Part) {
  const [asking, setAsking] = useState(false);
  const end = useAction(async () => {
    await must(apiV1.POST("/rc/disconnect"));
    setAsking(false);
    await reload();
  });
  const numbers = users.flatMap((user) => user.numbers).join(", ") || t("its numbers");
  return (
    <>
      <button type="button" class="danger" onClick={() => setAsking(true)}>
        {t("Disconnect RingCentral")}
      </button>
      {asking && (
        <Confirm
          title={t("Disconnect RingCentral?")}
          text={t(
            "Nothing is sent from {numbers} any more, and texts to them no longer come in. What waits to be sent from them fails and is refunded.",
            { numbers },
          )}
          action={t("Disconnect RingCentral")}
          act={end}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
