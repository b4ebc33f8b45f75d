// One's own: language, password, second factor, where one is signed in.
import { useState } from "preact/hooks";
import { api, must } from "../app/api";
import { browserName } from "../app/browser";
import { useAction, useLoad } from "../app/load";
import { AccountTabs } from "../app/parts";
import { me } from "../app/session";
import { LanguageChoice } from "../app/signin";
import { t, tn } from "../app/words";
import { Badge, Facts, Head, Loaded, Problem, Time } from "../ui/basics";
import { Field, Form, Submit } from "../ui/forms";
import { Table } from "../ui/table";
import { SecondFactor } from "./factor";
import { ROLES } from "./roles";

export default function Profile() {
  const { user } = me.value!;
  return (
    <>
      <Head title={t("Profile")} />
      <AccountTabs current="/profile" />
      <Facts
        of={[
          [t("Name"), <span dir="auto">{user.name}</span>],
          [t("E-mail"), user.email],
          [t("Role"), t(ROLES[user.role])],
          [t("Language"), <LanguageChoice />],
        ]}
      />
      <Password />
      <SecondFactor />
      <Sessions />
    </>
  );
}

function Password() {
  const [body, setBody] = useState({ current_password: "", new_password: "" });
  const [ended, setEnded] = useState<number>();
  const change = useAction(async () => {
    const answer = await must(api.POST("/auth/password", { body }));
    setBody({ current_password: "", new_password: "" });
    setEnded(answer.revoked_sessions);
  });
  const put = (name: keyof typeof body) => (event: Event) =>
    setBody({ ...body, [name]: (event.currentTarget as HTMLInputElement).value });
  return (
    <section class="card">
      <h2>{t("Another password")}</h2>
      <Form onSend={change.run} failure={change.failure} label={t("Another password")}>
        <div class="pair">
          <Field label={t("Present password")} name="current_password" failure={change.failure}>
            <input
              type="password"
              required
              autocomplete="current-password"
              value={body.current_password}
              onInput={put("current_password")}
            />
          </Field>
          <Field
            label={t("New password")}
            hint={t("Long and not a common one")}
            name="new_password"
            failure={change.failure}
          >
            <input
              type="password"
              required
              autocomplete="new-password"
              value={body.new_password}
              onInput={put("new_password")}
            />
          </Field>
        </div>
        <div class="buttons">
          <Submit busy={change.busy}>{t("Change it")}</Submit>
          <span role="status">
            {ended !== undefined && (
              <Badge tone="good">
                {tn("Changed; {n} other session ended", "Changed; {n} other sessions ended", ended)}
              </Badge>
            )}
          </span>
        </div>
      </Form>
    </section>
  );
}

function Sessions() {
  const list = useLoad(() => must(api.GET("/auth/sessions")), []);
  const end = useAction(async (id: number | "others") => {
    if (id === "others") await must(api.DELETE("/auth/sessions"));
    else await must(api.DELETE("/auth/sessions/{id}", { params: { path: { id: id as never } } }));
    await list.reload();
  });
  return (
    <section>
      <h2>{t("Where you are signed in")}</h2>
      <Problem failure={end.failure} />
      <Loaded of={list}>
        {({ sessions }) => (
          <>
            <Table
              name={t("Where you are signed in")}
              rows={sessions}
              id={(row) => row.id}
              columns={[
                {
                  head: t("Browser"),
                  wide: true,
                  cell: (row) => (
                    <span dir="auto" title={row.user_agent}>
                      {browserName(row.user_agent)}
                    </span>
                  ),
                },
                { head: t("From where"), cell: (row) => <span class="code">{row.address}</span> },
                { head: t("Last here"), end: true, cell: (row) => <Time at={row.last_seen_at} /> },
                {
                  head: "",
                  end: true,
                  cell: (row) =>
                    row.current ? (
                      <Badge tone="good">{t("This one")}</Badge>
                    ) : (
                      <button type="button" onClick={() => void end.run(row.id)}>
                        {t("End")}
                      </button>
                    ),
                },
              ]}
            />
            {sessions.length > 1 && (
              <div class="buttons">
                <button type="button" onClick={() => void end.run("others")}>
                  {t("End all others")}
                </button>
              </div>
            )}
          </>
        )}
      </Loaded>
    </section>
  );
}
