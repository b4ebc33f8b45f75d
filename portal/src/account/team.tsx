// The account's people and what they may do.
import { useState } from "preact/hooks";
import { api, must, type Schemas } from "../app/api";
import { useAction, useLoad } from "../app/load";
import { AccountTabs } from "../app/parts";
import { me } from "../app/session";
import { t } from "../app/words";
import { Badge, Empty, Head, Loaded, Problem, Time } from "../ui/basics";
import { Confirm } from "../ui/forms";
import { StatusBadge } from "../ui/status";
import { Table } from "../ui/table";
import { Invite, InviteAgain } from "./invite";
import { OWN, ROLES, type OwnRole } from "./roles";

type User = Schemas["AccountUser"];
const nameOf = (user: User) => user.name || user.email;

export default function Team() {
  const list = useLoad(() => must(api.GET("/workspace/users")), []);
  const [adding, setAdding] = useState(false);
  const [asking, setAsking] = useState<User>();
  const [inviting, setInviting] = useState<User>();
  const [resetting, setResetting] = useState<User>();
  const change = useAction(async (user: User, body: { role?: OwnRole; is_active?: boolean }) => {
    await must(
      api.PUT("/workspace/users/{id}", { params: { path: { id: user.id as never } }, body }),
    );
    setAsking(undefined);
    await list.reload();
  });
  const reset = useAction(async (user: User) => {
    const path = { id: user.id as never };
    await must(api.DELETE("/workspace/users/{id}/second-factor", { params: { path } }));
    setResetting(undefined);
    await list.reload();
  });
  const self = me.value!.user.id;
  return (
    <>
      <Head title={t("Team")}>
        <button type="button" class="main" onClick={() => setAdding(true)}>
          {t("Invite somebody")}
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
                  cell: (row) => <strong dir="auto">{nameOf(row)}</strong>,
                },
                { head: t("E-mail"), wide: true, cell: (row) => row.email },
                {
                  head: t("Role"),
                  cell: (row) =>
                    row.id === self || row.role === "admin" ? (
                      t(ROLES[row.role])
                    ) : (
                      <select
                        aria-label={t("Role of {name}", { name: nameOf(row) })}
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
                  cell: (row) =>
                    row.is_active && row.invited ? (
                      <Badge tone="busy">{t("Invited")}</Badge>
                    ) : (
                      <StatusBadge of={row.is_active ? "active" : "off"} />
                    ),
                },
                {
                  head: t("Second factor"),
                  cell: (row) =>
                    !row.second_factor ? (
                      <span class="quiet">–</span>
                    ) : row.id === self || row.role === "admin" ? (
                      t("On")
                    ) : (
                      <button
                        type="button"
                        title={t("Take the second factor of {name} away", {
                          name: nameOf(row),
                        })}
                        onClick={() => setResetting(row)}
                      >
                        {t("Take it away")}
                      </button>
                    ),
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
                      <>
                        {row.invited && (
                          <button type="button" onClick={() => setInviting(row)}>
                            {t("Invite again")}
                          </button>
                        )}
                        <button type="button" class="danger" onClick={() => setAsking(row)}>
                          {t("Shut out")}
                        </button>
                      </>
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
      {adding && <Invite onClose={() => setAdding(false)} done={list.reload} />}
      {inviting && <InviteAgain user={inviting} onClose={() => setInviting(undefined)} />}
      {resetting && (
        <Confirm
          title={t("Take the second factor of {name} away?", { name: nameOf(resetting) })}
          text={t("For a lost phone. Their sessions end, and the password alone is enough again.")}
          action={t("Take it away")}
          act={{ ...reset, run: () => reset.run(resetting) }}
          onClose={() => setResetting(undefined)}
        />
      )}
      {asking && (
        <Confirm
          title={t("Shut {name} out?", { name: nameOf(asking) })}
          text={t("Their sessions end at once. What they made stays.")}
          action={t("Shut {name} out", { name: nameOf(asking) })}
          act={{ ...change, run: () => change.run(asking, { is_active: false }) }}
          onClose={() => setAsking(undefined)}
        />
      )}
    </>
  );
}
