#include "handlers/gravity/app_json.h"

#include <algorithm>

#include "common/base/time.h"
#include "common/io/crypto.h"
#include "handlers/gravity/scope.h"
#include "sql/gravity.h"

namespace dundun {
namespace {

constexpr std::string_view kIdPrefix = "app_";
constexpr size_t kIdDigits = 16, kKeyBytes = 16, kPrefixBytes = 8;
constexpr size_t kNameBytesMax = 100;

bool is_app_id(std::string_view text) {
  if (!text.starts_with(kIdPrefix) || text.size() != kIdPrefix.size() + kIdDigits) return false;
  return text.find_first_not_of("0123456789abcdef", kIdPrefix.size()) == std::string_view::npos;
}

}  // namespace

std::string_view app_role_name(AppRole role) { return role == AppRole::kAdmin ? "admin" : "app"; }

KeyRights rights_of_app(AppRole role) {
  KeyRights rights{.scopes = {"send", "query", "webhooks"}};
  rights.all_tenants = role == AppRole::kAdmin;
  if (rights.all_tenants) rights.scopes.emplace_back("admin");
  return rights;
}

GravityApp gravity_app_of(const PgRows& rows, int row) {
  constexpr auto& col = sql::gravity_apps;
  const auto role = AppRole(rows.i16(row, col.role));
  KeyRights rights = rights_of_app(role);
  if (!rows.is_null(row, col.environment)) {  // the app has a key
    rights = {.environment = Environment(rows.i16(row, col.environment)),
              .scopes = rows.text_array(row, col.scopes),
              .all_tenants = rights.all_tenants,
              .networks = rows.text_array(row, col.allowed_addresses),
              .expires_at = rows.maybe_instant(row, col.expires_at)};
  }
  return {rows.i64(row, col.account_id),
          std::string(rows.text(row, col.tenant_id)),
          std::string(rows.text(row, col.app_id)),
          std::string(rows.text(row, col.name)),
          role,
          rows.boolean(row, col.is_active),
          rows.instant(row, col.created_at),
          rows.maybe_text(row, col.prefix),
          rows.maybe_instant(row, col.last_used_at),
          rows.maybe_text(row, col.url),
          std::move(rights)};
}

void write_gravity_app(JsonWriter& json, const GravityApp& app) {
  const std::optional<std::string> used =
      app.last_used_at ? std::optional(format_z_ms(*app.last_used_at)) : std::nullopt;
  json.begin_object()
      .member("appId", app.app_id)
      .member("tenantId", app.tenant_id)
      .member("name", app.name)
      .member("role", app_role_name(app.role))
      .member("apiKeyPrefix", app.key_prefix)
      .member("webhookUrl", app.webhook_url)
      .member("isActive", app.is_active)
      .member("createdAt", format_z_ms(app.created_at))
      .member("lastUsedAt", used)
      .end_object();
}

Result<GravityApp> find_app(Context& context) {
  const std::string& app_id = context.request.parameters.at(0);
  if (!is_app_id(app_id)) return fail(ErrorCode::kInvalidRequest, "Invalid appId format");
  const PgParam accounts = TRY(visible_accounts(context));
  const Caller& caller = context.caller;
  const bool self_only = !has_right(caller, Access::kTenant);
  const PgRows rows =
      TRY(context.services.pg.query(sql::gravity_apps, accounts, std::optional(app_id),
                                    self_only ? std::optional(caller.app_id) : std::nullopt));
  if (rows.size() == 0) return fail(ErrorCode::kNotFound, "App not found");
  return gravity_app_of(rows, 0);
}

Result<GravityApp> find_app_to_change(Context& context) {
  GravityApp app = TRY(find_app(context));
  TRY(may_touch(context.caller, app.rights));
  return app;
}

AppKey new_app_key() {
  const std::string key = "sgw_" + to_hex(random_bytes(kKeyBytes));
  return {key, key.substr(0, kPrefixBytes)};
}

Result<std::string> parse_app_name(const JsonValue& root) {
  const std::optional<JsonValue> name = root.find("name");
  if (!name || !name->is_string() || name->string().empty() ||
      name->string().size() > kNameBytesMax) {
    return fail(ErrorCode::kInvalidRequest, "name must be 1-100 characters");
  }
  return std::string(name->string());
}

}  // namespace dundun
