// GET /auth/sessions: where the user is logged in.
#include "common/io/json.h"
#include "common/io/pg.h"
#include "handlers/session/endpoints.h"
#include "sql/sessions.h"

namespace dundun {

Result<Response> list_sessions(Context& context) {
  constexpr auto& col = sql::sessions_of_user;
  const Caller& caller = context.caller;
  const PgRows rows =
      TRY(context.services.pg.query(sql::sessions_of_user, caller.account_id, caller.user_id));
  JsonWriter json;
  json.begin_object().key("sessions").begin_array();
  for (int row = 0; row < rows.size(); ++row) {
    json.begin_object()
        .member("id", rows.i64(row, col.session_id))
        .member("current", rows.i64(row, col.session_id) == caller.session_id)
        .member("created_at", format_z(rows.instant(row, col.created_at)))
        .member("last_seen_at", format_z(rows.instant(row, col.last_seen_at)))
        .member("expires_at", format_z(rows.instant(row, col.expires_at)))
        .member("address", rows.text(row, col.address))
        .member("user_agent", rows.text(row, col.user_agent))
        .end_object();
  }
  json.end_array().end_object();
  return Response::json(json.take());
}

}  // namespace dundun
