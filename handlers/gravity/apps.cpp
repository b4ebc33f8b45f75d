// GET /v1/apps, GET, PUT and DELETE /v1/apps/{appId}, POST …/rotate-key.
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

using Effect = AuditedChange::Effect;

struct AppChange {
  std::optional<std::string> name;
  std::optional<bool> is_active;
  bool changes_webhook = false;
  std::optional<std::string> webhook_url;  // none: away with it
};

Error bad_app(const std::string& text) { return fail(ErrorCode::kInvalidRequest, text); }

Result<AppChange> parse_change(const Context& context) {
  const JsonDocument document = TRY(JsonDocument::parse(context.request.body));
  const JsonValue root = document.root();
  if (!root.is_object()) return bad_app("Body must be a JSON object");
  AppChange change;
  if (root.find("name")) change.name = TRY(parse_app_name(root));
  if (const auto active = root.find("isActive")) {
    if (!active->is_bool()) return bad_app("isActive must be true or false");
    change.is_active = active->boolean();
  }
  const auto url = root.find("webhookUrl");
  if (!url) return change;
  change.changes_webhook = true;
  if (url->is_null() || (url->is_string() && url->string().empty())) return change;
  if (!url->is_string()) return bad_app("webhookUrl must be a string");
  const auto checked = check_webhook_url(context.services.config, url->string());
  if (!checked) return bad_app("Invalid webhookUrl: " + checked.error().message);
  change.webhook_url = std::string(url->string());
  return change;
}

Status change_webhook(AuditedChange& change, const Config& config, const GravityApp& app,
                      const AppChange& wanted) {
  if (!wanted.changes_webhook) return Done{};
  if (!wanted.webhook_url)
    return remove_app_webhook(change.connection(), app.account_id, app.app_id);
  (void)TRY(set_app_webhook(change.connection(), config, app.account_id, app.app_id,
                            *wanted.webhook_url));
  return Done{};
}

Result<Response> apply(Context& context, const GravityApp& app, const AppChange& wanted) {
  AuditedChange change = TRY(AuditedChange::begin(context));
  TRY(change_webhook(change, context.services.config, app, wanted));
  (void)TRY(change.run(sql::gravity_app_change, app.account_id, app.app_id, wanted.name,
                       wanted.is_active));
  TRY(change.record(
      {.account_id = app.account_id, .action = "app.changed", .subject = "app " + app.app_id}));
  TRY(change.commit(wanted.is_active ? Effect::kConfiguration : Effect::kNone));
  const GravityApp changed = TRY(find_app(context));
  JsonWriter json;
  write_gravity_app(json, changed);
  return Response::json(json.take());
}

Result<Response> remove(Context& context, const GravityApp& app) {
  AuditedChange change = TRY(AuditedChange::begin(context));
  (void)TRY(change.run(sql::gravity_keys_end, app.account_id, app.app_id));
  (void)TRY(change.run(sql::gravity_app_delete, app.account_id, app.app_id));
  TRY(change.record(
      {.account_id = app.account_id, .action = "app.deleted", .subject = "app " + app.app_id}));
  TRY(remove_app_webhook(change.connection(), app.account_id, app.app_id));
  TRY(change.commit(Effect::kConfiguration));
  return Response::json(R"({"ok":true})");
}

// The old key is dead with this commit.
Result<Response> rotate(Context& context, const GravityApp& app) {
  AuditedChange change = TRY(AuditedChange::begin(context));
  if (auto earlier = TRY(change.earlier_answer())) return *std::move(earlier);
  const AppKey fresh = new_app_key();
  const PgRows made = TRY(change.run(sql::gravity_key_rotate, app.account_id, app.app_id,
                                     sha256(fresh.key), fresh.prefix));
  if (made.affected() == 0) return fail(ErrorCode::kNotFound, "App not found");
  TRY(change.record(
      {.account_id = app.account_id, .action = "app.key_rotated", .subject = "app " + app.app_id}));
  JsonWriter json;
  json.begin_object().member("apiKey", fresh.key).member("apiKeyPrefix", fresh.prefix).end_object();
  Response answer = Response::json(json.take());
  answer.headers.emplace_back("Cache-Control", "no-store");
  return change.commit(Effect::kConfiguration, std::move(answer));
}

}  // namespace

Result<Response> list_apps(Context& context) {
  const PgParam accounts = TRY(visible_accounts(context));
  const std::optional<std::string> any;
  const std::optional<std::string> self =
      has_right(context.caller, Access::kTenant) ? any : std::optional(context.caller.app_id);
  const PgRows rows = TRY(context.services.pg.query(sql::gravity_apps, accounts, any, self));
  JsonWriter json;
  json.begin_object().key("apps").begin_array();
  for (int row = 0; row < rows.size(); ++row) write_gravity_app(json, gravity_app_of(rows, row));
  json.end_array().end_object();
  return Response::json(json.take());
}

Result<Response> get_app(Context& context) {
  const GravityApp app = TRY(find_app(context));
  JsonWriter json;
  write_gravity_app(json, app);
  return Response::json(json.take());
}

Result<Response> change_app(Context& context) {
  const GravityApp app = TRY(find_app_to_change(context));
  const AppChange wanted = TRY(parse_change(context));
  // An app that could switch itself on again could not be switched off.
  if (wanted.is_active && !has_right(context.caller, Access::kTenant)) return admin_key_required();
  return apply(context, app, wanted);
}

Result<Response> delete_app(Context& context) {
  const GravityApp app = TRY(find_app_to_change(context));
  return remove(context, app);
}

Result<Response> rotate_app_key(Context& context) {
  const GravityApp app = TRY(find_app_to_change(context));
  TRY(may_give(context.caller, app.rights));
  return rotate(context, app);
}

}  // namespace dundun
