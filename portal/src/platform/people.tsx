// An account's people, for those who run the platform.
import { useMemo } from "preact/hooks";
import { People } from "../account/people";
import { ALL, type Ways } from "../account/roles";
import { api, must } from "../app/api";
import { t } from "../app/words";

function waysOf(account: string): Ways {
  const path = { id: account as never };
  const of = (user: number) => ({ ...path, user: user as never });
  return {
    roles: ALL,
    list: () => must(api.GET("/admin/accounts/{id}/users", { params: { path } })),
    change: (user, body) =>
      must(api.PUT("/admin/accounts/{id}/users/{user}", { params: { path: of(user) }, body })),
    reset: (user) =>
      must(
        api.DELETE("/admin/accounts/{id}/users/{user}/second-factor", {
          params: { path: of(user) },
        }),
      ),
    invite: (body, header) =>
      must(api.POST("/admin/accounts/{id}/users", { body, params: { path, header } })),
    again: (user, body) =>
      must(
        api.POST("/admin/accounts/{id}/users/{user}/invitation", {
          params: { path: of(user) },
          body,
        }),
      ),
  };
}

export function AccountPeople({ id }: { id: string }) {
  const ways = useMemo(() => waysOf(id), [id]);
  return (
    <section>
      <People
        name={t("People")}
        ways={ways}
        deps={[id]}
        head={(invite) => (
          <div class="row">
            <h2>{t("People")}</h2>
            <button type="button" onClick={invite}>
              {t("Invite somebody")}
            </button>
          </div>
        )}
      />
    </section>
  );
}
