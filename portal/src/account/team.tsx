// The account's people and what they may do.
import { useState } from "preact/hooks";
import type { Words } from "made/words";
import { api, must, OnceKey, type Schemas } from "../app/api";
import { useAction, useLoad } from "../app/load";
import { AccountTabs } from "../app/parts";
import { me } from "../app/session";
import { t } from "../app/words";
import { Empty, Head, Loaded, Problem, Time } from "../ui/basics";
import { Confirm, Dialog, Field, Form, Submit } from "../ui/forms";
import { StatusBadge } from "../ui/status";
import { Table } from "../ui/table";

type User = Schemas["AccountUser"];
type OwnRole = "viewer" | "developer" | "owner";
const once = new OnceKey();

export const ROLES: Record<Schemas["Role"], Words> = {
  viewer: "Viewer: reads",
  developer: "Developer: sends, too",
  owner: "Owner: everything of the account",
  admin: "Administrator of the platform",
};
const OWN: OwnRole[] = ["viewer", "developer", "owner"];

export default function Team() {
  const list = useLoad(() => must(api.GET("/workspace/users")), []);
  const [adding, setAdding] = useState(false);
  const [asking, setAsking] = useState<User>();
  const change = useAction(async (user: User, body: { role?: OwnRole; is_active?: boolean }) => {
    await must(
      api.PUT("/workspace/users/{id}", { params: { path: { id: user.id as never } }, body }),
    );
    setAsking(undefined);
    await list.reload();
  });
  const self = me.value!.user.id;
  return (
    <>
      <Head title={t("Team")}>
        <button type="button" class="main" onClick={() => setAdding(true)}>
          {t("Add somebody")}
        </button>
      </Head>
      <AccountTabs current="/team" />
      <Problem failure={change.failure} />
      <Loaded of={list}>
        {({ users }) =>
          users.length === 0 ? (
            <Empty title={t("Nobody is here.")} />
          ) : (
            <Table
              name={t("Team")}
              rows={users}
              id={(row) => row.id}
              columns={[
                {
                  head: t("Name"),
                  cell: (row) => <strong dir="auto">{row.name || row.email}</strong>,
                },
                { head: t("E-mail"), wide: true, cell: (row) => row.email },
                {
                  head: t("Role"),
                  cell: (row) =>
                    row.id === self || row.role === "admin" ? (
                      t(ROLES[row.role])
                    ) : (
                      <select
                        aria-label={t("Role of {name}", { name: row.name || row.email })}
                        value={row.role}
                        onChange={(event) =>
                          void change.run(row, { role: event.currentTarget.value as OwnRole })
                        }
                      >
                        {OWN.map((role) => (
                          <option key={role} value={role}>
                            {t(ROLES[role])}
                          </option>
                        ))}
                      </select>
                    ),
                },
                {
                  head: t("State"),
                  cell: (row) => <StatusBadge of={row.is_active ? "active" : "off"} />,
                },
                {
                  head: t("Last here"),
                  end: true,
                  cell: (row) => <Time at={row.last_login_at} none={t("never")} />,
                },
                {
                  head: "",
                  end: true,
                  cell: (row) =>
                    row.id !== self &&
                    (row.is_active ? (
                      <button type="button" class="danger" onClick={() => setAsking(row)}>
                        {t("Shut out")}
                      </button>
                    ) : (
                      <button
                        type="button"
                        onClick={() => void change.run(row, { is_active: true })}
                      >
                        {t("Let in again")}
                      </button>
                    )),
                },
              ]}
            />
          )
        }
      </Loaded>
      {adding && <Add onClose={() => setAdding(false)} done={list.reload} />}
      {asking && (
        <Confirm
          title={t("Shut {name} out?", { name: asking.name || asking.email })}
          text={t("Their sessions end at once. What they made stays.")}
          action={t("Shut {name} out", { name: asking.name || asking.email })}
          act={{ ...change, run: () => change.run(asking, { is_active: false }) }}
          onClose={() => setAsking(undefined)}
        />
      )}
    </>
  );
}

function Add({ onClose, done }: { onClose: () => void; done: () => Promise<void> }) {
  const [body, setBody] = useState({
    email: "",
    name: "",
    password: "",
    role: "viewer" as OwnRole,
  });
  const add = useAction(async () => {
    await must(api.POST("/workspace/users", { body, params: { header: once.of(body) } }));
    once.done();
    await done();
    onClose();
  });
  const put = (name: keyof typeof body) => (event: Event) =>
    setBody({ ...body, [name]: (event.currentTarget as HTMLInputElement).value });
  return (
    <Dialog title={t("Add somebody")} onClose={onClose}>
      <Form onSend={add.run} failure={add.failure}>
        <Field label={t("E-mail")} name="email" failure={add.failure}>
          <input
            type="email"
            required
            autocomplete="off"
            value={body.email}
            onInput={put("email")}
          />
        </Field>
        <Field label={t("Name")} name="name" failure={add.failure}>
          <input autocomplete="off" value={body.name} onInput={put("name")} />
        </Field>
        <Field
          label={t("First password")}
          name="password"
          failure={add.failure}
          hint={t("12 characters or more; they change it in their profile")}
        >
          <input
            type="password"
            required
            minLength={12}
            autocomplete="new-password"
            value={body.password}
            onInput={put("password")}
          />
        </Field>
        <Field label={t("Role")} name="role" failure={add.failure}>
          <select value={body.role} onChange={put("role")}>
            {OWN.map((role) => (
              <option key={role} value={role}>
                {t(ROLES[role])}
              </option>
            ))}
          </select>
        </Field>
        <div class="buttons">
          <Submit busy={add.busy}>{t("Add them")}</Submit>
        </div>
      </Form>
    </Dialog>
  );
}
