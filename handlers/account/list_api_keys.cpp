// GET /api-keys: a bare array.
#include "common/identity/authorization.h"
#include "common/io/pg.h"
#include "common/web/paging.h"
#include "handlers/account/endpoints.h"
#include "handlers/account/key_fields.h"
#include "sql/api_keys.h"

namespace dundun {
namespace {

void write_key(JsonWriter& json, const PgRows& rows, int row) {
  constexpr auto& col = sql::keys_of_account;
  json.begin_object()
      .member("id", rows.i64(row, col.key_id))
      .member("name", rows.text(row, col.name))
      .member("prefix", rows.text(row, col.prefix))
      .member("environment", environment_name(Environment(rows.i16(row, col.environment))));
  write_texts(json, "scopes", rows.text_array(row, col.scopes));
  json.member("is_active", rows.boolean(row, col.is_active));
  write_texts(json, "allowed_ips", rows.text_array(row, col.allowed_addresses));
  write_time(json, "expires_at", rows.maybe_instant(row, col.expires_at));
  write_time(json, "last_used_at", rows.maybe_instant(row, col.last_used_at));
  write_time(json, "created_at", rows.maybe_instant(row, col.created_at));
  json.end_object();
}

}  // namespace

Result<Response> list_api_keys(Context& context) {
  const PgRows rows =
      TRY(context.services.pg.query(sql::keys_of_account, context.caller.account_id,
                                    environments_param(visible_environments(context.caller))));
  JsonWriter json;
  json.begin_array();
  for (int row = 0; row < rows.size(); ++row) write_key(json, rows, row);
  json.end_array();
  return Response::json(json.take());
}

}  // namespace dundun
