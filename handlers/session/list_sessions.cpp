// GET /auth/sessions: where the user is logged in.
#include "common/io/json.h"
#include "common/io/pg.h"
#include "handlers/session/endpoints.h"
#include "sql/sessions.h"

namespace dundun {

Result<Response> list_sessions(Context& context) {
  const Caller& caller = context.caller;
  const PgRows rows =
      TRY(context.services.pg.query(sql::sessions_of_user, caller.account_id, caller.user_id));
  JsonWriter json;
  json.begin_object().key("sessions").begin_array();
  for (int row = 0; row < rows.size(); ++row) {
    json.begin_object()
        .member("id", rows.i64(row, 0))
        .member("current", rows.i64(row, 0) == caller.session_id)
        .member("created_at", format_z(rows.instant(row, 1)))
        .member("last_seen_at", format_z(rows.instant(row, 2)))
        .member("expires_at", format_z(rows.instant(row, 3)))
        .member("address", rows.text(row, 4))
        .member("user_agent", rows.text(row, 5))
        .end_object();
  }
  json.end_array().end_object();
  return Response::json(json.take());
}

}  // namespace dundun
