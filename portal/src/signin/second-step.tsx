// The second step of signing in: a code, or, for somebody who has to have a second factor and has
// none, taking it.
import { useEffect, useState } from "preact/hooks";
import { api, Failure, must, type Schemas } from "../app/api";
import { useAction } from "../app/load";
import { lazyPart } from "../app/screen";
import type { Login } from "../app/session";
import { t } from "../app/words";
import { Problem, Skeleton } from "../ui/basics";
import { Form, Submit } from "../ui/forms";
import { browserName } from "../app/browser";
import { CodeField, plainCode, ShowPasskey } from "./code";
import { enrolByPasskey, knowsPasskeys, loginByPasskey } from "./passkey";
import { RecoveryCodes } from "./recovery";

const EnrolmentPart = lazyPart(() => import("./enrolment"));

// What the right password gave. `enrolled` is whether there is a factor already: an app, passkeys.
export type Half = { token: string; enrolled: boolean; app: boolean; passkey: boolean };
export type Enrolment = Schemas["Enrolment"];

export function halfOf(thrown: unknown): Half | undefined {
  if (!(thrown instanceof Failure) || thrown.code !== "second_factor_required") return undefined;
  const { login_token: token, enrolled, app, passkey } = thrown.detail;
  if (typeof token !== "string") return undefined;
  return { token, enrolled: enrolled === true, app: app === true, passkey: passkey === true };
}

type Steps = {
  half: Half;
  enter: (login: Login) => void;
  late: () => void; // the password is wanted again
  back: () => void;
};

// When the time between password and second step is over, the password is asked for again.
async function inTime({ late }: Steps, login: Promise<Login>): Promise<Login | undefined> {
  try {
    return await login;
  } catch (thrown) {
    if (!(thrown instanceof Failure) || thrown.code !== "expired_token") throw thrown;
    late();
    return undefined;
  }
}

const show = (steps: Steps, code: string) =>
  inTime(
    steps,
    must(api.POST("/auth/login/second-factor", { body: { login_token: steps.half.token, code } })),
  );

function CodeStep(steps: Steps) {
  const [code, setCode] = useState("");
  const act = useAction(async () => {
    const login = await show(steps, plainCode(code));
    if (login) steps.enter(login);
  });
  const { token, app, passkey } = steps.half;
  const byPasskey = async () => {
    const login = await inTime(steps, loginByPasskey(token));
    if (login) steps.enter(login);
  };
  return (
    <>
      {passkey && knowsPasskeys() && <ShowPasskey show={byPasskey} />}
      <Form onSend={() => act.run()} failure={act.failure} label={t("Second step")}>
        <CodeField value={code} set={setCode} failure={act.failure} app={app} />
        <div class="buttons">
          <Submit busy={act.busy}>{t("Sign in")}</Submit>
          <button type="button" onClick={steps.back}>
            {t("Back")}
          </button>
        </div>
      </Form>
    </>
  );
}

// `kept` is what was begun before the time was over: the app knows its secret already.
function EnrolStep({ kept, keep, ...steps }: Steps & Kept) {
  const [login, setLogin] = useState<Login>();
  const begin = useAction(async () => {
    const body = { login_token: steps.half.token };
    try {
      keep(await must(api.POST("/auth/login/enrol", { body })));
    } catch (thrown) {
      if (!(thrown instanceof Failure) || thrown.code !== "expired_token") throw thrown;
      steps.late();
    }
  });
  useEffect(() => {
    if (!kept) void begin.run();
  }, [kept]);
  const confirm = async (code: string) => {
    try {
      setLogin(await show(steps, code));
    } catch (thrown) {
      // The secret waited too long for its first code: another one is shown.
      if (thrown instanceof Failure && thrown.code === "invalid_state") keep(undefined);
      throw thrown;
    }
  };
  const instead = useAction(async () => {
    const name = browserName(navigator.userAgent).slice(0, 64);
    setLogin(await inTime(steps, enrolByPasskey(steps.half.token, name)));
  });
  if (login) {
    return <RecoveryCodes codes={login.recovery_codes ?? []} done={() => steps.enter(login)} />;
  }
  return (
    <>
      <p>{t("Your account asks for a second factor. You take it now, once.")}</p>
      {begin.failure && (
        <div class="again">
          <Problem failure={begin.failure} />
          <button type="button" onClick={() => void begin.run()}>
            {t("Try again")}
          </button>
        </div>
      )}
      {kept ? <EnrolmentPart {...kept} confirm={confirm} /> : begin.busy && <Skeleton />}
      <Problem failure={instead.failure} />
      <div class="buttons">
        {knowsPasskeys() && (
          <button type="button" aria-disabled={instead.busy} onClick={() => void instead.run()}>
            {t("Make a passkey instead")}
          </button>
        )}
        <button type="button" onClick={steps.back}>
          {t("Back")}
        </button>
      </div>
    </>
  );
}

type Kept = { kept: Enrolment | undefined; keep: (enrolment: Enrolment | undefined) => void };

export function SecondStep(steps: Steps & Kept) {
  return (
    <>
      <h2>{t("Second step")}</h2>
      {steps.half.enrolled ? <CodeStep {...steps} /> : <EnrolStep {...steps} />}
    </>
  );
}
