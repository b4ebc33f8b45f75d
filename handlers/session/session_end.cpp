#include "handlers/session/session_end.h"

#include "common/identity/control.h"
#include "common/web/audited_change.h"
#include "sql/sessions.h"

namespace dundun {

Status end_session(Context& context, int64_t session_id) {
  const Caller& caller = context.caller;
  AuditedChange change = TRY(AuditedChange::begin(context));
  const PgRows revoked =
      TRY(change.run(sql::session_revoke, caller.account_id, caller.user_id, session_id));
  if (revoked.size() == 0) return fail(ErrorCode::kNotFound, "Session not found");
  TRY(change.record({.account_id = caller.account_id,
                     .action = "session.ended",
                     .subject = "session " + std::to_string(session_id)}));
  TRY(change.commit(AuditedChange::Effect::kNone));
  context.services.control.sessions_ended();
  return Done{};
}

}  // namespace dundun
