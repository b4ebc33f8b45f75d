// Inviting somebody to the account: they choose their own password by a link.
import { useState } from "preact/hooks";
import { OnceKey } from "../app/api";
import { useAction } from "../app/load";
import { LANGUAGES, language, t, type Language } from "../app/words";
import { Copy, ExactTime } from "../ui/basics";
import { Dialog, Field, Form, Submit } from "../ui/forms";
import { ROLES, type Invitation, type Invitee, type User, type Ways } from "./roles";

const once = new OnceKey();

// Where no address of the portal is set, the link begins at this one.
const whole = (link: string) => new URL(link, location.origin).href;

// What became of an invitation: it is on its way, or its link, shown once, is to be handed on.
function Invited({
  email,
  invitation,
  onClose,
}: {
  email: string;
  invitation: Invitation;
  onClose: () => void;
}) {
  return (
    <>
      {invitation.link ? (
        <>
          <p>
            {t("No mail server is set here. Hand this link on to {email}; it is shown only now.", {
              email,
            })}
          </p>
          <p class="secret">
            <Copy text={whole(invitation.link)} />
          </p>
          {invitation.expires_at && (
            <p>
              {t("Good until")} <ExactTime at={invitation.expires_at} />
            </p>
          )}
        </>
      ) : (
        <p role="status">{t("A mail to {email} is on its way.", { email })}</p>
      )}
      <div class="buttons">
        <button type="button" class="main" onClick={onClose}>
          {invitation.link ? t("I have copied it§link") : t("Close")}
        </button>
      </div>
    </>
  );
}

export function Invite({
  ways,
  onClose,
  done,
}: {
  ways: Ways;
  onClose: () => void;
  done: () => Promise<void>;
}) {
  const [body, setBody] = useState<Invitee>({
    email: "",
    name: "",
    role: "viewer",
    language: language.value as Language,
  });
  const [invitation, setInvitation] = useState<Invitation>();
  const invite = useAction(async () => {
    const answer = await ways.invite(body, once.of(body));
    once.done();
    setInvitation(answer.invitation ?? undefined);
    await done();
  });
  const put = (name: keyof typeof body) => (event: Event) =>
    setBody({ ...body, [name]: (event.currentTarget as HTMLInputElement).value });
  if (invitation) {
    return (
      <Dialog title={t("Invited")}>
        <Invited email={body.email} invitation={invitation} onClose={onClose} />
      </Dialog>
    );
  }
  return (
    <Dialog title={t("Invite somebody")} onClose={onClose}>
      <Form onSend={invite.run} failure={invite.failure}>
        <p>{t("They get a link by which they choose their password.")}</p>
        <Field label={t("E-mail")} name="email" failure={invite.failure}>
          <input
            type="email"
            required
            autocomplete="off"
            value={body.email}
            onInput={put("email")}
          />
        </Field>
        <Field label={t("Name")} name="name" failure={invite.failure}>
          <input autocomplete="off" value={body.name} onInput={put("name")} />
        </Field>
        <Field label={t("Role")} name="role" failure={invite.failure}>
          <select value={body.role} onChange={put("role")}>
            {ways.roles.map((role) => (
              <option key={role} value={role}>
                {t(ROLES[role])}
              </option>
            ))}
          </select>
        </Field>
        <Field label={t("Language of the mail")} name="language" failure={invite.failure}>
          <select value={body.language} onChange={put("language")}>
            {Object.entries(LANGUAGES).map(([code, name]) => (
              <option key={code} value={code} lang={code}>
                {name}
              </option>
            ))}
          </select>
        </Field>
        <div class="buttons">
          <Submit busy={invite.busy}>{t("Invite them")}</Submit>
        </div>
      </Form>
    </Dialog>
  );
}

// The link before opens nothing more.
export function InviteAgain({
  ways,
  user,
  onClose,
}: {
  ways: Ways;
  user: User;
  onClose: () => void;
}) {
  const [invitation, setInvitation] = useState<Invitation>();
  const invite = useAction(async () => {
    const answer = await ways.again(user.id, { language: language.value });
    setInvitation(answer.invitation);
  });
  return (
    <Dialog title={t("Invite again")} onClose={invitation ? undefined : onClose}>
      {invitation ? (
        <Invited email={user.email} invitation={invitation} onClose={onClose} />
      ) : (
        <Form onSend={() => invite.run()} failure={invite.failure}>
          <p>{t("The link before opens nothing more.")}</p>
          <div class="buttons">
            <Submit busy={invite.busy}>{t("Invite {name} again", { name: user.email })}</Submit>
          </div>
        </Form>
      )}
    </Dialog>
  );
}
