// GET /v1/rc/status: whether the tenant has a connection to RingCentral.
#include "common/io/json.h"
#include "common/io/pg.h"
#include "handlers/gravity/endpoints.h"
#include "sql/ringcentral.h"

namespace dundun {

Result<Response> rc_status(Context& context) {
  const Caller& caller = context.caller;
  if (caller.environment != Environment::kLive) return Response::json(R"({"connected":false})");
  const PgRows rows = TRY(context.services.pg.query(sql::rc_status, caller.account_id));
  if (rows.size() == 0) return Response::json(R"({"connected":false})");
  const std::string expires_at = format_z_ms(rows.instant(0, sql::rc_status.expires_at));
  JsonWriter json;
  json.begin_object()
      .member("connected", true)
      .member("expiresAt", expires_at)
      .member("rcAccountId", rows.text(0, sql::rc_status.rc_account_id))
      .end_object();
  return Response::json(json.take());
}

}  // namespace dundun
