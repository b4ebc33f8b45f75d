// A password by the link of a mail: a new one, or the first one of somebody who was invited. The
// link's secret stands behind the #, which no server is told.
import { useState } from "preact/hooks";
import { api, must } from "../app/api";
import { useAction } from "../app/load";
import { go, place } from "../app/place";
import { me } from "../app/session";
import { Frame } from "../app/signin";
import { t } from "../app/words";
import { Problem } from "../ui/basics";
import { Field, Form, Submit } from "../ui/forms";

// Whoever was signed in here may be somebody else.
async function toSignIn() {
  if (me.value) await api.POST("/auth/logout").catch(() => null);
  me.value = null;
  go("/", true);
}

function Done() {
  return (
    <>
      <p role="status">{t("Your password is set. Sign in with it.")}</p>
      <div class="buttons">
        <button type="button" class="main" onClick={() => void toSignIn()}>
          {t("Sign in")}
        </button>
      </div>
    </>
  );
}

function Choose({ invited, token }: { invited: boolean; token: string }) {
  const [password, setPassword] = useState("");
  const [done, setDone] = useState(false);
  const set = useAction(async () => {
    const body = { token, new_password: password };
    await must(
      invited ? api.POST("/auth/invitation", { body }) : api.POST("/auth/password/reset", { body }),
    );
    setDone(true);
  });
  if (done) return <Done />;
  const dead = set.failure?.code === "link_invalid";
  return (
    <Form onSend={set.run} label={t("Choose a password")}>
      <Field
        label={t("New password")}
        hint={t("Long and not a common one")}
        name="new_password"
        failure={set.failure}
      >
        <input
          type="password"
          required
          autocomplete="new-password"
          value={password}
          onInput={(event) => setPassword(event.currentTarget.value)}
        />
      </Field>
      <Problem failure={set.failure} />
      {dead && <Dead invited={invited} />}
      <div class="buttons">
        <Submit busy={set.busy}>{t("Set the password")}</Submit>
      </div>
    </Form>
  );
}

// What to do when the link opens nothing.
function Dead({ invited }: { invited: boolean }) {
  if (invited) return <p>{t("Ask whoever invited you for a new link.")}</p>;
  return (
    <p>
      <a href="/forgotten">{t("Ask for a new link")}</a>
    </p>
  );
}

function ByLink({ invited }: { invited: boolean }) {
  void place.value; // another link may be put into the same window
  const token = location.hash.slice(1);
  return (
    <Frame title={invited ? t("Welcome: choose a password") : t("Choose a new password")}>
      {token ? (
        <Choose key={token} invited={invited} token={token} />
      ) : (
        <>
          <p role="alert">{t("This address is not whole. Open the link of the mail again.")}</p>
          <Dead invited={invited} />
        </>
      )}
    </Frame>
  );
}

export const Invitation = () => <ByLink invited={true} />;
export const NewPassword = () => <ByLink invited={false} />;
