// The people of an account: what they may do, inviting, shutting out. The account's own owner and
// those who run the platform see the same, and ask for it in their own ways.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { useAction, useLoad } from "../app/load";
import { me } from "../app/session";
import { t } from "../app/words";
import { Badge, Empty, Loaded, Problem, Time } from "../ui/basics";
import { Confirm } from "../ui/forms";
import { StatusBadge } from "../ui/status";
import { Table } from "../ui/table";
import { Invite, InviteAgain } from "./invite";
import { ROLES, type Role, type User, type Ways } from "./roles";

const nameOf = (user: User) => user.name || user.email;
const isSelf = (user: User) => user.id === me.value!.user.id;

export function People({
  name,
  ways,
  deps,
  head,
}: {
  name: string;
  ways: Ways;
  deps: unknown[]; // the list is loaded anew when one changes
  head: (invite: () => void) => ComponentChildren;
}) {
  const list = useLoad(ways.list, deps);
  const [adding, setAdding] = useState(false);
  const [asking, setAsking] = useState<User>();
  const [inviting, setInviting] = useState<User>();
  const [resetting, setResetting] = useState<User>();
  const change = useAction(async (user: User, body: { role?: Role; is_active?: boolean }) => {
    await ways.change(user.id, body);
    setAsking(undefined);
    await list.reload();
  });
  const reset = useAction(async (user: User) => {
    await ways.reset(user.id);
    setResetting(undefined);
    await list.reload();
  });
  const isFixed = (user: User) => isSelf(user) || !ways.roles.includes(user.role);
  return (
    <>
      {head(() => setAdding(true))}
      <Problem failure={change.failure} />
      <Loaded of={list}>
        {({ users }) =>
          users.length === 0 ? (
            <Empty title={t("Nobody is here.")} />
          ) : (
            <Table
              name={name}
              rows={users}
              id={(row) => row.id}
              columns={[
                {
                  head: t("Name"),
                  cell: (row) => (
                    <>
                      <strong dir="auto">{nameOf(row)}</strong>
                      {row.name && <div class="quiet">{row.email}</div>}
                    </>
                  ),
                },
                {
                  head: t("Role"),
                  cell: (row) =>
                    isFixed(row) ? (
                      t(ROLES[row.role])
                    ) : (
                      <select
                        aria-label={t("Role of {name}", { name: nameOf(row) })}
                        value={row.role}
                        onChange={(event) =>
                          void change.run(row, { role: event.currentTarget.value as Role })
                        }
                      >
                        {ways.roles.map((role) => (
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
                    ) : isFixed(row) ? (
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
                    !isSelf(row) &&
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
      {adding && <Invite ways={ways} onClose={() => setAdding(false)} done={list.reload} />}
      {inviting && (
        <InviteAgain ways={ways} user={inviting} onClose={() => setInviting(undefined)} />
      )}
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
