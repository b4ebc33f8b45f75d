// GET /admin/accounts/{id}/api-keys, DELETE /admin/accounts/{id}/api-keys/{key}: the operator too
// can revoke a key that leaked.
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/web/audited_change.h"
#include "common/web/paging.h"
#include "handlers/admin/account_row.h"
#include "handlers/admin/endpoints.h"
#include "sql/admin.h"

namespace dundun {
namespace {

std::optional<std::string> text_of(std::optional<Instant> at) {
  return at ? std::optional<std::string>(format_z(*at)) : std::nullopt;
}

Result<Response> revoke(Context& context, int64_t account, int64_t key_id) {
  AuditedChange change = TRY(AuditedChange::begin(context));
  const PgRows revoked = TRY(change.run(sql::admin_key_revoke, account, key_id));
  if (revoked.size() == 0) return fail(ErrorCode::kNotFound, "API key not found");
  TRY(change.record({.account_id = account,
                     .action = "api_key.revoked",
                     .subject = "api_key " + std::to_string(key_id)}));
  TRY(change.commit(AuditedChange::Effect::kConfiguration));
  return Response{.status = 204, .body = {}, .headers = {}};
}

}  // namespace

Result<Response> list_account_keys(Context& context) {
  constexpr auto& col = sql::admin_keys;
  const int64_t account = TRY(path_account(context));
  const PgRows rows = TRY(context.services.pg.query(sql::admin_keys, account));
  JsonWriter json;
  json.begin_object().key("api_keys").begin_array();
  for (int row = 0; row < rows.size(); ++row) {
    json.begin_object()
        .member("id", rows.i64(row, col.key_id))
        .member("name", rows.text(row, col.name))
        .member("prefix", rows.text(row, col.prefix))
        .member("environment", environment_name(Environment(rows.i16(row, col.environment))))
        .member("status", !rows.boolean(row, col.is_active)   ? "revoked"
                          : rows.boolean(row, col.is_expired) ? "expired"
                                                              : "active")
        .member("is_active", rows.boolean(row, col.is_active) && !rows.boolean(row, col.is_expired))
        .member("expires_at", text_of(rows.maybe_instant(row, col.expires_at)))
        .member("last_used_at", text_of(rows.maybe_instant(row, col.last_used_at)))
        .member("created_at", format_z(rows.instant(row, col.created_at)))
        .end_object();
  }
  json.end_array().end_object();
  return Response::json(json.take());
}

Result<Response> revoke_account_key(Context& context) {
  const int64_t account = TRY(path_account(context));
  const std::optional<int64_t> key = parse_id(context.request.parameters.at(1));
  if (!key) return fail(ErrorCode::kNotFound, "API key not found");
  return revoke(context, account, *key);
}

}  // namespace dundun
