// DELETE /auth/sessions/{id}, and DELETE /auth/sessions: all but this one.
#include "common/identity/control.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/web/paging.h"
#include "handlers/session/endpoints.h"
#include "sql/sessions.h"

namespace dundun {

Result<Response> revoke_session(Context& context) {
  const Caller& caller = context.caller;
  const std::optional<int64_t> id = parse_id(context.request.parameters.at(0));
  if (!id) return fail(ErrorCode::kNotFound, "Session not found");
  const PgRows revoked =
      TRY(context.services.pg.query(sql::session_revoke, caller.account_id, caller.user_id, *id));
  if (revoked.size() == 0) return fail(ErrorCode::kNotFound, "Session not found");
  if (revoked.size() > 0) context.services.control.sessions_ended();
  return Response{.status = 204, .body = {}, .headers = {}};
}

Result<Response> revoke_other_sessions(Context& context) {
  const Caller& caller = context.caller;
  const PgRows revoked = TRY(context.services.pg.query(
      sql::sessions_revoke_others, caller.account_id, caller.user_id, caller.session_id));
  if (revoked.size() > 0) context.services.control.sessions_ended();
  JsonWriter json;
  json.begin_object().member("revoked", static_cast<int64_t>(revoked.size())).end_object();
  return Response::json(json.take());
}

}  // namespace dundun
