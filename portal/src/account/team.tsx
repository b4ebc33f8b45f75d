// The account's people and what they may do.
import { api, must } from "../app/api";
import { AccountTabs } from "../app/parts";
import { t } from "../app/words";
import { Head } from "../ui/basics";
import { People } from "./people";
import { OWN, type OwnRole, type Ways } from "./roles";

const path = (id: number) => ({ id: id as never });

const ways: Ways = {
  roles: OWN,
  list: () => must(api.GET("/workspace/users")),
  change: (id, { role, ...rest }) =>
    must(
      api.PUT("/workspace/users/{id}", {
        params: { path: path(id) },
        body: { ...rest, role: role as OwnRole },
      }),
    ),
  reset: (id) =>
    must(api.DELETE("/workspace/users/{id}/second-factor", { params: { path: path(id) } })),
  invite: ({ role, ...rest }, header) =>
    must(
      api.POST("/workspace/users", {
        body: { ...rest, role: role as OwnRole },
        params: { header },
      }),
    ),
  again: (id, body) =>
    must(api.POST("/workspace/users/{id}/invitation", { body, params: { path: path(id) } })),
};

export default function Team() {
  return (
    <People
      name={t("Team")}
      ways={ways}
      deps={[]}
      head={(invite) => (
        <>
          <Head title={t("Team")}>
            <button type="button" class="main" onClick={invite}>
              {t("Invite somebody")}
            </button>
          </Head>
          <AccountTabs current="/team" />
        </>
      )}
    />
  );
}
