// POST /v1/apps/register: an app of a tenant and its key, which is shown here only.
#include "common/base/config.h"
#include "common/identity/control.h"
#include "common/io/crypto.h"
#include "common/io/pg.h"
#include "common/web/audited_change.h"
#include "common/webhooks/endpoints.h"
#include "handlers/gravity/app_json.h"
#include "handlers/gravity/endpoints.h"
#include "handlers/gravity/scope.h"
#include "sql/gravity.h"

namespace dundun {
namespace {

constexpr size_t kIdBytes = 8;
constexpr size_t kUrlBytesMax = 2000;
constexpr int32_t kMinute = 60;

struct Registration {
  std::string name;
  std::string tenant_id;
  std::optional<std::string> webhook_url;
  AppRole role = AppRole::kApp;
};

Error bad_registration(const char* text) { return fail(ErrorCode::kInvalidRequest, text); }

// nullopt: left out.
Result<std::optional<std::string>> registration_text(const JsonValue& root, const char* field) {
  const std::optional<JsonValue> value = root.find(field);
  if (!value || value->is_null()) return std::optional<std::string>();
  if (!value->is_string()) {
    return fail(ErrorCode::kInvalidRequest, std::string(field) + " must be a string");
  }
  return std::optional<std::string>(value->string());
}

Result<Registration> parse_registration(const Context& context) {
  const JsonDocument document = TRY(JsonDocument::parse(context.request.body));
  const JsonValue root = document.root();
  if (!root.is_object()) return bad_registration("name must be 1-100 characters");
  Registration registration;
  registration.name = TRY(parse_app_name(root));
  const std::optional<std::string> tenant = TRY(registration_text(root, "tenantId"));
  if (sees_all_tenants(context.caller) && !tenant) return bad_registration("tenantId is required");
  registration.tenant_id = tenant.value_or(context.caller.tenant_id);
  registration.webhook_url = TRY(registration_text(root, "webhookUrl"));
  if (registration.webhook_url) {
    if (registration.webhook_url->size() > kUrlBytesMax)
      return bad_registration("webhookUrl too long");
    const auto checked = check_webhook_url(context.services.config, *registration.webhook_url);
    if (!checked) {
      return fail(ErrorCode::kInvalidRequest, "Invalid webhookUrl: " + checked.error().message);
    }
  }
  const std::string role = TRY(registration_text(root, "role")).value_or("app");
  if (role != "app" && role != "admin") return bad_registration("role must be app or admin");
  if (role == "admin") registration.role = AppRole::kAdmin;
  return registration;
}

// An admin for any tenant, the manager of a tenant for that one; neither gives what he has not.
Status may_register(const Caller& caller, const Registration& registration) {
  if (!sees_all_tenants(caller) && registration.tenant_id != caller.tenant_id) {
    return admin_key_required();
  }
  return may_give(caller, rights_of_app(registration.role));
}

std::string answer_json(const Registration& registration, const std::string& app_id,
                        const AppKey& key, const std::optional<std::string>& secret) {
  JsonWriter json;
  json.begin_object()
      .member("appId", app_id)
      .member("name", registration.name)
      .member("apiKey", key.key)
      .member("apiKeyPrefix", key.prefix)
      .member("role", app_role_name(registration.role))
      .member("tenantId", registration.tenant_id);
  if (secret) json.member("webhookSecret", *secret);
  json.end_object();
  return json.take();
}

Result<int64_t> account_of(Context& context, const Registration& registration) {
  const PgRows rows =
      TRY(context.services.pg.query(sql::gravity_tenants, std::optional(registration.tenant_id)));
  if (rows.size() == 0) return fail(ErrorCode::kNotFound, "Tenant not found");
  return rows.i64(0, sql::gravity_tenants.account_id);
}

Status insert(AuditedChange& change, const Context& context, const Registration& registration,
              int64_t account, const std::string& app_id, const AppKey& key) {
  const GravityConfig& config = context.services.config.gravity;
  const PgRows made = TRY(change.run(sql::gravity_app_make, account, app_id, registration.name,
                                     static_cast<int16_t>(registration.role), config.apps_max));
  if (made.affected() == 0) return bad_registration("Too many apps");
  const bool admin = registration.role == AppRole::kAdmin;
  (void)TRY(change.run(
      sql::gravity_key_make, sha256(key.key), account, app_id, registration.name, key.prefix, admin,
      static_cast<int32_t>(admin ? config.admin_per_minute : config.app_per_minute), kMinute));
  return change.record({.account_id = account,
                        .action = "app.registered",
                        .subject = "app " + app_id,
                        .detail = admin ? R"({"role":"admin"})" : R"({"role":"app"})"});
}

Result<Response> make(Context& context, const Registration& registration) {
  const int64_t account = TRY(account_of(context, registration));
  const std::string app_id = "app_" + to_hex(random_bytes(kIdBytes));
  const AppKey key = new_app_key();
  AuditedChange change = TRY(AuditedChange::begin(context));
  if (auto earlier = TRY(change.earlier_answer())) return *std::move(earlier);
  std::optional<std::string> secret;
  if (registration.webhook_url) {
    secret = TRY(set_app_webhook(change.connection(), context.services.config, account, app_id,
                                 *registration.webhook_url));
  }
  TRY(insert(change, context, registration, account, app_id, key));
  Response answer = Response::json(answer_json(registration, app_id, key, secret), 201);
  answer.headers.emplace_back("Cache-Control", "no-store");
  return change.commit(AuditedChange::Effect::kConfiguration, std::move(answer));
}

}  // namespace

Result<Response> register_app(Context& context) {
  const Registration registration = TRY(parse_registration(context));
  TRY(may_register(context.caller, registration));
  return make(context, registration);
}

}  // namespace dundun
