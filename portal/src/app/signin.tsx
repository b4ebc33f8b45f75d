// Signing in, at first and when a session ended in the middle of something. A second factor, a
// forgotten password and an invitation belong here, once the API has them.
import { useState } from "preact/hooks";
import { Dialog, Field, Form, Submit } from "../ui/forms";
import { api, must } from "./api";
import { useAction } from "./load";
import { endWait, me, signInAgain, signedIn } from "./session";
import { LANGUAGES, chooseLanguage, language, t, type Language } from "./words";

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

function SignInForm({ email: known = "" }: { email?: string }) {
  const [email, setEmail] = useState(known);
  const [password, setPassword] = useState("");
  const signIn = useAction(async () => {
    signedIn(await must(api.POST("/auth/login", { body: { email, password } })));
  });
  return (
    <Form onSend={signIn.run} failure={signIn.failure} label={t("Sign in")}>
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
  );
}

export function SignIn() {
  return (
    <main class="signin">
      <div class="card">
        <h1>Dundun</h1>
        <SignInForm />
      </div>
      <p class="beside">
        <LanguageChoice /> <a href="/docs/">{t("Documentation")}</a>
      </p>
    </main>
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
