// One's own passkeys: made, called something, taken away.
import { useState } from "preact/hooks";
import { api, must, type Schemas } from "../app/api";
import { browserName } from "../app/browser";
import { useAction, useLoad } from "../app/load";
import { t } from "../app/words";
import { addPasskey, knowsPasskeys } from "../signin/passkey";
import { RecoveryCodes } from "../signin/recovery";
import { Badge, Loaded, Time } from "../ui/basics";
import { Confirm, Dialog, Field, Form, Submit } from "../ui/forms";
import { Table } from "../ui/table";

type Passkey = Schemas["Passkey"];
const NAME_LENGTH_MAX = 64; // the API's
const at = (id: number) => ({ params: { path: { id: id as never } } });

// `changed` is told of each change: whether there is a second factor may be another thing then.
export function Passkeys({ changed }: { changed: () => unknown }) {
  const list = useLoad(() => must(api.GET("/auth/passkeys")), []);
  const [adding, setAdding] = useState(false);
  const [renaming, setRenaming] = useState<Passkey>();
  const [removing, setRemoving] = useState<Passkey>();
  const close = () => {
    setAdding(false);
    setRenaming(undefined);
    setRemoving(undefined);
    void list.reload();
    changed();
  };
  return (
    <section class="card">
      <h2>{t("Passkeys")}</h2>
      <p>
        {t(
          "Your device or a security key vouches for you: instead of a code, or of your password too.",
        )}
      </p>
      <Loaded of={list} lines={2}>
        {({ available, passkeys }) => (
          <>
            {passkeys.length > 0 && (
              <Rows of={passkeys} rename={setRenaming} remove={setRemoving} />
            )}
            {available && knowsPasskeys() ? (
              <div class="buttons">
                <button type="button" onClick={() => setAdding(true)}>
                  {t("Make a passkey")}
                </button>
              </div>
            ) : (
              <p class="quiet">{t("Passkeys cannot be made here.")}</p>
            )}
          </>
        )}
      </Loaded>
      {adding && <Add onClose={close} />}
      {renaming && <Rename of={renaming} onClose={close} />}
      {removing && <Remove of={removing} onClose={close} />}
    </section>
  );
}

type Choose = (passkey: Passkey) => void;

function Rows({ of, rename, remove }: { of: Passkey[]; rename: Choose; remove: Choose }) {
  return (
    <Table
      name={t("Passkeys")}
      rows={of}
      id={(row) => row.id}
      columns={[
        {
          head: t("Name"),
          wide: true,
          cell: (row) => (
            <>
              <span dir="auto">{row.name}</span>{" "}
              {row.backed_up && <Badge tone="still">{t("On several devices")}</Badge>}
            </>
          ),
        },
        { head: t("Last used"), end: true, cell: (row) => <Time at={row.last_used_at} /> },
        {
          head: "",
          end: true,
          cell: (row) => (
            <span class="buttons">
              <button
                type="button"
                aria-label={t("Rename {name}", { name: row.name })}
                onClick={() => rename(row)}
              >
                {t("Rename")}
              </button>
              <button
                type="button"
                class="danger"
                aria-label={t("Take away {name}", { name: row.name })}
                onClick={() => remove(row)}
              >
                {t("Take away")}
              </button>
            </span>
          ),
        },
      ]}
    />
  );
}

function NameField({
  value,
  set,
  failure,
}: {
  value: string;
  set: (name: string) => void;
  failure: ReturnType<typeof useAction>["failure"];
}) {
  return (
    <Field label={t("Name")} hint={t("By which you know it again")} name="name" failure={failure}>
      <input
        required
        maxLength={NAME_LENGTH_MAX}
        value={value}
        onInput={(event) => set(event.currentTarget.value)}
      />
    </Field>
  );
}

function Add({ onClose }: { onClose: () => void }) {
  const [password, setPassword] = useState("");
  const [name, setName] = useState(browserName(navigator.userAgent).slice(0, NAME_LENGTH_MAX));
  const [codes, setCodes] = useState<string[]>();
  const add = useAction(async () => {
    const made = await addPasskey(password, name);
    if (made.recovery_codes) setCodes(made.recovery_codes);
    else onClose();
  });
  return (
    <Dialog title={t("Make a passkey")} onClose={codes ? undefined : onClose}>
      {codes ? (
        <RecoveryCodes codes={codes} done={onClose} />
      ) : (
        <Form onSend={() => add.run()} failure={add.failure}>
          <NameField value={name} set={setName} failure={add.failure} />
          <Field label={t("Present password")} name="current_password" failure={add.failure}>
            <input
              type="password"
              required
              autocomplete="current-password"
              value={password}
              onInput={(event) => setPassword(event.currentTarget.value)}
            />
          </Field>
          <div class="buttons">
            <Submit busy={add.busy}>{t("Go on")}</Submit>
            <button type="button" onClick={onClose}>
              {t("Leave it")}
            </button>
          </div>
        </Form>
      )}
    </Dialog>
  );
}

function Rename({ of, onClose }: { of: Passkey; onClose: () => void }) {
  const [name, setName] = useState(of.name);
  const rename = useAction(async () => {
    await must(api.PUT("/auth/passkeys/{id}", { ...at(of.id), body: { name } }));
    onClose();
  });
  return (
    <Dialog title={t("Rename {name}", { name: of.name })} onClose={onClose}>
      <Form onSend={() => rename.run()} failure={rename.failure}>
        <NameField value={name} set={setName} failure={rename.failure} />
        <div class="buttons">
          <Submit busy={rename.busy}>{t("Save")}</Submit>
          <button type="button" onClick={onClose}>
            {t("Leave it")}
          </button>
        </div>
      </Form>
    </Dialog>
  );
}

function Remove({ of, onClose }: { of: Passkey; onClose: () => void }) {
  const remove = useAction(async () => {
    await must(api.DELETE("/auth/passkeys/{id}", at(of.id)));
    onClose();
  });
  return (
    <Confirm
      title={t("Take the passkey away?")}
      text={t("{name} opens nothing here any more. Delete it on the device too.", {
        name: of.name,
      })}
      action={t("Take away")}
      onClose={onClose}
      act={remove}
    />
  );
}
