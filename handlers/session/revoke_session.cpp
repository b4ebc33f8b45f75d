// DELETE /auth/sessions/{id}, and DELETE /auth/sessions: all but this one.
#include "common/identity/control.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/web/audited_change.h"
#include "common/web/paging.h"
#include "handlers/session/endpoints.h"
#include "handlers/session/session_end.h"
#include "sql/sessions.h"

namespace dundun {

Result<Response> revoke_session(Context& context) {
  const std::optional<int64_t> id = parse_id(context.request.parameters.at(0));
  if (!id) return fail(ErrorCode::kNotFound, "Session not found");
  TRY(end_session(context, *id));
  return Response{.status = 204, .body = {}, .headers = {}};
}

Result<Response> revoke_other_sessions(Context& context) {
  const Caller& caller = context.caller;
  AuditedChange change = TRY(AuditedChange::begin(context));
  const PgRows revoked = TRY(change.run(sql::sessions_revoke_others, caller.account_id,
                                        caller.user_id, caller.session_id));
  TRY(change.record({.account_id = caller.account_id,
                     .action = "session.others_ended",
                     .subject = "user " + std::to_string(caller.user_id)}));
  TRY(change.commit(AuditedChange::Effect::kNone));
  context.services.control.sessions_ended();
  JsonWriter json;
  json.begin_object().member("revoked", static_cast<int64_t>(revoked.size())).end_object();
  return Response::json(json.take());
}

}  // namespace dundun
