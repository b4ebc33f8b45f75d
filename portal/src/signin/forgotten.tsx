// A forgotten password: a mail with a link to a new one. What is said does not tell whether anybody
// has the e-mail.
import { useState } from "preact/hooks";
import { api, Failure, must } from "../app/api";
import { useAction } from "../app/load";
import { Frame } from "../app/signin";
import { language, t } from "../app/words";
import { Field, Form, Submit } from "../ui/forms";

export default function Forgotten() {
  const [email, setEmail] = useState("");
  const [asked, setAsked] = useState(false);
  const [mute, setMute] = useState(false);
  const ask = useAction(async () => {
    setMute(false);
    const body = { email: email.trim(), language: language.value };
    try {
      await must(api.POST("/auth/password/forgot", { body }));
      setAsked(true);
    } catch (thrown) {
      if (!(thrown instanceof Failure) || thrown.status !== 503) throw thrown;
      setMute(true);
    }
  });
  return (
    <Frame title={t("Forgotten password")}>
      {asked ? (
        <p role="status">
          {t(
            "If somebody has this e-mail here, a mail with a link is on its way. Look into spam, too.",
          )}
        </p>
      ) : (
        <Form onSend={ask.run} failure={ask.failure} label={t("Forgotten password")}>
          <p>{t("We send you a link to a new password.")}</p>
          <Field label={t("E-mail")} name="email" failure={ask.failure}>
            <input
              type="email"
              required
              autocomplete="username"
              value={email}
              onInput={(event) => setEmail(event.currentTarget.value)}
            />
          </Field>
          {mute && (
            <p role="alert" class="problem">
              <strong>
                {t("No mail can be sent from here now. Ask an owner of your account for help.")}
              </strong>
            </p>
          )}
          <div class="buttons">
            <Submit busy={ask.busy}>{t("Send the link")}</Submit>
          </div>
        </Form>
      )}
      <p>
        <a href="/">{t("Sign in")}</a>
      </p>
    </Frame>
  );
}
