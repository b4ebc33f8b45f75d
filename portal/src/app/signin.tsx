// Signing in, at first and when a session ended in the middle of something. The second step, and
// what people do without a session (a forgotten password, an invitation), stand in src/signin.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { loginByPasskey, knowsPasskeys } from "../signin/passkey";
import { SecondStep, halfOf, type Enrolment, type Half } from "../signin/second-step";
import { Problem } from "../ui/basics";
import { Dialog, Field, Form, Submit } from "../ui/forms";
import { api, Failure, must } from "./api";
import { useAction, useLoad } from "./load";
import { recognise } from "./recognise";
import { endWait, me, noAnswer, signInAgain, signedIn } from "./session";
import { LANGUAGES, chooseLanguage, language, t, type Language } from "./words";

const ASK_AGAIN_S = 5;

export function LanguageChoice() {
  return (
    <label class="language">
      <span class="unseen">{t("Language")}</span>
      <select
        value={language.value}
        onChange={(event) => void chooseLanguage(event.currentTarget.value as Language)}
      >
        {Object.entries(LANGUAGES).map(([code, name]) => (
          <option key={code} value={code} lang={code}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

// Without e-mail and password: the passkey says who it is.
function PasskeyAlone() {
  const [mute, setMute] = useState(false);
  const act = useAction(async () => {
    setMute(false);
    try {
      signedIn(await loginByPasskey());
    } catch (thrown) {
      if (!(thrown instanceof Failure) || thrown.status !== 503) throw thrown;
      setMute(true);
    }
  });
  if (!knowsPasskeys()) return null;
  return (
    <div class="again">
      <button type="button" aria-disabled={act.busy} onClick={() => void act.run()}>
        {t("Use a passkey")}
      </button>
      <Problem failure={act.failure} />
      {mute && (
        <p role="alert" class="problem">
          <strong>{t("Passkeys cannot be used here.")}</strong>
        </p>
      )}
    </div>
  );
}

// E-mail and password stay until somebody is in: also when the second step takes too long.
function SignInForm({ email: known = "" }: { email?: string }) {
  const [email, setEmail] = useState(known);
  const [password, setPassword] = useState("");
  const [half, setHalf] = useState<Half>();
  const [enrolment, setEnrolment] = useState<Enrolment>();
  const [late, setLate] = useState(false);
  const signIn = useAction(async () => {
    setLate(false);
    try {
      signedIn(await must(api.POST("/auth/login", { body: { email, password } })));
    } catch (thrown) {
      const second = halfOf(thrown);
      if (!second) throw thrown;
      setHalf(second);
    }
  });
  const back = (isLate: boolean) => {
    setHalf(undefined);
    setLate(isLate);
    if (!isLate) setEnrolment(undefined);
  };
  if (half) {
    return (
      <SecondStep
        half={half}
        enter={signedIn}
        late={() => back(true)}
        back={() => back(false)}
        kept={enrolment}
        keep={setEnrolment}
      />
    );
  }
  return (
    <>
      <Form onSend={signIn.run} failure={signIn.failure} label={t("Sign in")}>
        {late && (
          <p role="alert" class="warning">
            {t("The second step took too long. Sign in once more, then show a code.")}
          </p>
        )}
        <Field label={t("E-mail")} name="email" failure={signIn.failure}>
          <input
            type="email"
            required
            autocomplete="username"
            value={email}
            onInput={(event) => setEmail(event.currentTarget.value)}
          />
        </Field>
        <Field label={t("Password")} name="password" failure={signIn.failure}>
          <input
            type="password"
            required
            autocomplete="current-password"
            value={password}
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
        </Field>
        <div class="buttons">
          <Submit busy={signIn.busy}>{t("Sign in")}</Submit>
        </div>
      </Form>
      <PasskeyAlone />
    </>
  );
}

// What stands around whatever is shown without a session.
export function Frame({ title, children }: { title: string; children: ComponentChildren }) {
  useEffect(() => {
    document.title = title === "Dundun" ? title : `${title} · Dundun`;
  }, [title]);
  return (
    <main class="signin">
      <div class="card">
        <h1>{title}</h1>
        {children}
      </div>
      <p class="beside">
        <LanguageChoice /> <a href="/docs/">{t("Documentation")}</a>
      </p>
    </main>
  );
}

// Where the installation has an identity provider: it knows who somebody is, and sends them back.
function ByProvider() {
  const offer = useLoad(() => must(api.GET("/auth/login/oidc")), []).data;
  const begin = useAction(async () => {
    const { url } = await must(api.POST("/auth/login/oidc/start", { body: {} as never }));
    location.assign(url);
  });
  if (!offer?.available) return null;
  return (
    <div class="again">
      <button type="button" aria-disabled={begin.busy} onClick={() => void begin.run()}>
        {t("Go on with {name}", { name: offer.name })}
      </button>
      <Problem failure={begin.failure} />
    </div>
  );
}

// It cannot be asked now who is signed in. The page goes on by itself once it can.
export function NoAnswer() {
  const failure = noAnswer.value!;
  useEffect(() => {
    const timer = setTimeout(recognise, 1000 * Math.max(failure.retryAfter, ASK_AGAIN_S));
    return () => clearTimeout(timer);
  }, [failure]);
  return (
    <Frame title="Dundun">
      <Problem failure={failure} />
      <button type="button" onClick={() => location.reload()}>
        {t("Load the page again")}
      </button>
    </Frame>
  );
}

export function SignIn() {
  return (
    <Frame title="Dundun">
      <SignInForm />
      <ByProvider />
      <p>
        <a href="/forgotten">{t("Forgotten password")}</a>
      </p>
    </Frame>
  );
}

export function SignInAgain() {
  if (!signInAgain.value) return null;
  return (
    <Dialog title={t("Your session has ended")} onClose={() => endWait(false)}>
      <p>{t("Sign in to go on where you were. Nothing that you typed is lost.")}</p>
      <SignInForm email={me.value?.user.email} />
    </Dialog>
  );
}
