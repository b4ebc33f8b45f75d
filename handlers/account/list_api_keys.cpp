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
  json.begin_object()
      .member("id", rows.i64(row, 0))
      .member("name", rows.text(row, 1))
      .member("prefix", rows.text(row, 2))
      .member("environment", environment_name(Environment(rows.i16(row, 3))));
  write_texts(json, "scopes", rows.text_array(row, 4));
  json.member("is_active", rows.boolean(row, 5));
  write_texts(json, "allowed_ips", rows.text_array(row, 6));
  write_time(json, "expires_at", rows.maybe_instant(row, 7));
  write_time(json, "last_used_at", rows.maybe_instant(row, 8));
  write_time(json, "created_at", rows.maybe_instant(row, 9));
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
