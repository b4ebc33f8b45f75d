// /verify/apps: the account's products, each with its own wording.
#include "common/io/crypto.h"
#include "common/io/pg.h"
#include "common/web/audited_change.h"
#include "handlers/verify/app_json.h"
#include "handlers/verify/endpoints.h"
#include "sql/verify.h"

namespace dundun {
namespace {

constexpr size_t kIdBytes = 8;

Error no_such_app() { return fail(ErrorCode::kNotFound, "Verify app not found"); }

Response app_answer(const VerifyApp& app) {
  JsonWriter json;
  write_verify_app(json, app);
  return Response::json(json.take());
}

std::string audit_detail(const VerifyApp& app) { return app_answer(app).body; }

AuditedChange::Line line(const Context& context, const char* action, const std::string& app_id) {
  return {
      .account_id = context.caller.account_id, .action = action, .subject = "verify_app " + app_id};
}

Result<Response> make(Context& context, const VerifyApp& app) {
  AuditedChange change = TRY(AuditedChange::begin(context));
  if (auto earlier = TRY(change.earlier_answer())) return *std::move(earlier);
  const PgRows made =
      TRY(change.run(sql::verify_app_make, context.caller.account_id, app.app_id, app.name,
                     app.settings.sender, static_cast<int16_t>(app.settings.code_length),
                     static_cast<int32_t>(app.settings.expiry.count()), app.settings.text_template,
                     app.created_at, kVerifyAppsMax, app.landlines));
  if (made.affected() == 0) {
    return fail(ErrorCode::kInvalidState, "An account has at most 100 Verify apps.");
  }
  AuditedChange::Line made_line = line(context, "verify_app.created", app.app_id);
  made_line.detail = audit_detail(app);
  TRY(change.record(made_line));
  return change.commit(AuditedChange::Effect::kNone, app_answer(app));
}

Result<Response> replace(Context& context, const VerifyApp& app) {
  const std::string& app_id = context.request.parameters.at(0);
  AuditedChange change = TRY(AuditedChange::begin(context));
  const PgRows rows =
      TRY(change.run(sql::verify_app_replace, context.caller.account_id, app_id, app.name,
                     app.settings.sender, static_cast<int16_t>(app.settings.code_length),
                     static_cast<int32_t>(app.settings.expiry.count()), app.settings.text_template,
                     app.landlines));
  if (rows.size() == 0) return no_such_app();
  AuditedChange::Line changed = line(context, "verify_app.changed", app_id);
  changed.detail = audit_detail(verify_app_of(rows, 0));
  TRY(change.record(changed));
  return change.commit(AuditedChange::Effect::kNone, app_answer(verify_app_of(rows, 0)));
}

Result<Response> remove(Context& context) {
  const std::string& app_id = context.request.parameters.at(0);
  AuditedChange change = TRY(AuditedChange::begin(context));
  const PgRows gone = TRY(change.run(sql::verify_app_delete, context.caller.account_id, app_id));
  if (gone.affected() == 0) return no_such_app();
  TRY(change.record(line(context, "verify_app.deleted", app_id)));
  TRY(change.commit(AuditedChange::Effect::kNone));
  return Response{.status = 204, .body = {}, .headers = {}};
}

}  // namespace

Result<Response> list_verify_apps(Context& context) {
  const PgRows rows =
      TRY(context.services.pg.query(sql::verify_apps_all, context.caller.account_id));
  JsonWriter json;
  json.begin_object().key("apps").begin_array();
  for (int row = 0; row < rows.size(); ++row) write_verify_app(json, verify_app_of(rows, row));
  json.end_array().member("total", rows.size()).end_object();
  return Response::json(json.take());
}

Result<Response> create_verify_app(Context& context) {
  VerifyApp app = TRY(parse_verify_app(context.request.body));
  app.app_id = "vapp_" + to_hex(random_bytes(kIdBytes));
  app.created_at = app.updated_at = now();
  return make(context, app);
}

Result<Response> get_verify_app(Context& context) {
  const PgRows rows = TRY(context.services.pg.query(
      sql::verify_app_by_id, context.caller.account_id, context.request.parameters.at(0)));
  if (rows.size() == 0) return no_such_app();
  return app_answer(verify_app_of(rows, 0));
}

// Replaces everything: what the body leaves out is as by default again.
Result<Response> replace_verify_app(Context& context) {
  const VerifyApp app = TRY(parse_verify_app(context.request.body));
  return replace(context, app);
}

Result<Response> delete_verify_app(Context& context) { return remove(context); }

}  // namespace dundun
