// GET /v1/rc/connections: the tenant's RingCentral users, each with its numbers and its state, for
// a person who looks after them.
#include "common/io/json.h"
#include "common/io/pg.h"
#include "handlers/gravity/endpoints.h"
#include "handlers/gravity/rc_setup.h"
#include "sql/ringcentral.h"

namespace dundun {
namespace {

void write_user(JsonWriter& json, const PgRows& rows, int row) {
  constexpr auto& col = sql::rc_connections;
  const std::string connected_at = format_z_ms(rows.instant(row, col.connected_at));
  const std::optional<Instant> held = rows.maybe_instant(row, col.held_until);
  const bool by_jwt = RcCredential{rows.i16(row, col.kind)} == RcCredential::kJwt;
  json.begin_object()
      .member("extensionId", rows.text(row, col.extension_id))
      .member("rcAccountId", rows.text(row, col.rc_account_id))
      .member("connected", rows.boolean(row, col.connected))
      .member("connectedBy", by_jwt ? "jwt" : "sign_in")
      .member("connectedAt", connected_at)
      .member("heldUntil", held ? std::optional(format_z_ms(*held)) : std::nullopt);
  json.key("numbers").begin_array();
  for (const std::string& number : rows.text_array(row, col.numbers)) json.value(number);
  json.end_array().end_object();
}

// False where the operator has not set RingCentral up, or has set it up wrongly.
Result<bool> is_available(Context& context) {
  const auto api = ringcentral_api(context);
  if (api) return true;
  if (api.error().code != ErrorCode::kInvalidState) return api.error();
  return false;
}

}  // namespace

Result<Response> rc_connections(Context& context) {
  const bool available = TRY(is_available(context));
  const PgRows rows =
      TRY(context.services.pg.query(sql::rc_connections, context.caller.account_id));
  JsonWriter json;
  json.begin_object().member("available", available).key("users").begin_array();
  for (int row = 0; row < rows.size(); ++row) write_user(json, rows, row);
  json.end_array().end_object();
  return Response::json(json.take());
}

}  // namespace dundun
