// An account's people, for those who run the platform.
import { useState } from "preact/hooks";
import { api, must, OnceKey, type Schemas } from "../app/api";
import { useAction, useLoad } from "../app/load";
import { t } from "../app/words";
import { ROLES } from "../account/roles";
import { Loaded, Problem, Time } from "../ui/basics";
import { Field, Form, Submit } from "../ui/forms";
import { StatusBadge } from "../ui/status";
import { Table } from "../ui/table";

type Role = Schemas["Role"];
const once = new OnceKey();
const ALL: Role[] = ["viewer", "developer", "owner", "admin"];

export function People({ id }: { id: string }) {
  const path = { id: id as never };
  const list = useLoad(
    () => must(api.GET("/admin/accounts/{id}/users", { params: { path } })),
    [id],
  );
  const change = useAction(async (user: number, body: { role?: Role; is_active?: boolean }) => {
    await must(
      api.PUT("/admin/accounts/{id}/users/{user}", {
        params: { path: { ...path, user: user as never } },
        body,
      }),
    );
    await list.reload();
  });
  return (
    <section>
      <h2>{t("People")}</h2>
      <Problem failure={change.failure} />
      <Loaded of={list} lines={2}>
        {({ users }) => (
          <Table
            name={t("People")}
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
                cell: (row) => (
                  <select
                    aria-label={t("Role of {name}", { name: row.name || row.email })}
                    value={row.role}
                    onChange={(event) =>
                      void change.run(row.id, { role: event.currentTarget.value as Role })
                    }
                  >
                    {ALL.map((role) => (
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
                cell: (row) => (
                  <button
                    type="button"
                    class={row.is_active ? "danger" : ""}
                    onClick={() => void change.run(row.id, { is_active: !row.is_active })}
                  >
                    {row.is_active ? t("Shut out") : t("Let in again")}
                  </button>
                ),
              },
            ]}
          />
        )}
      </Loaded>
      <Add id={id} done={list.reload} />
    </section>
  );
}

function Add({ id, done }: { id: string; done: () => Promise<void> }) {
  const empty = { email: "", name: "", password: "", role: "owner" as Role };
  const [body, setBody] = useState(empty);
  const add = useAction(async () => {
    await must(
      api.POST("/admin/accounts/{id}/users", {
        params: { path: { id: id as never }, header: once.of([id, body]) },
        body,
      }),
    );
    once.done();
    setBody(empty);
    await done();
  });
  const put = (name: keyof typeof body) => (event: Event) =>
    setBody({ ...body, [name]: (event.currentTarget as HTMLInputElement).value });
  return (
    <details class="card">
      <summary>{t("Add somebody")}</summary>
      <Form onSend={add.run} failure={add.failure} label={t("Add somebody")}>
        <div class="pair">
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
            hint={t("Long and not a common one; they change it in their profile")}
          >
            <input
              type="password"
              required
              autocomplete="new-password"
              value={body.password}
              onInput={put("password")}
            />
          </Field>
          <Field label={t("Role")} name="role" failure={add.failure}>
            <select value={body.role} onChange={put("role")}>
              {ALL.map((role) => (
                <option key={role} value={role}>
                  {t(ROLES[role])}
                </option>
              ))}
            </select>
          </Field>
        </div>
        <div class="buttons">
          <Submit busy={add.busy}>{t("Add them")}</Submit>
        </div>
      </Form>
    </details>
  );
}
