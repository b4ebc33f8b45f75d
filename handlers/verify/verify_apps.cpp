// /verify/apps (api.md section 10): the account's products, each with its own wording.
#include "common/io/crypto.h"
#include "common/web/idempotency.h"
#include "common/web/refusal.h"
#include "handlers/verify/app_json.h"
#include "handlers/verify/routes.h"
#include "sql/statements.h"

namespace dundun {
namespace {

constexpr size_t kIdBytes = 8;

Error no_such_app() { return fail(ErrorCode::kNotFound, "Verify app not found"); }

Response app_answer(const VerifyApp& app) {
  JsonWriter json;
  write_verify_app(json, app);
  return Response::json(json.take());
}

Status insert(Context& context, const VerifyApp& app, const std::optional<IdempotencyKey>& key,
              const std::string& body) {
  std::optional<std::string> key_hash, request_hash;
  if (key) key_hash = key->key_hash, request_hash = key->request_hash;
  const PgRows rows = TRY(context.app.pg.query(
      sql::verify_app_make, context.caller.account_id, app.app_id, app.name, app.settings.sender,
      static_cast<int16_t>(app.settings.code_length),
      static_cast<int32_t>(app.settings.expiry.count()), app.settings.text_template, app.created_at,
      kVerifyAppsMax, key_hash, request_hash, body));
  if (rows.i64(0, 0) == 1) return Done{};
  return fail(ErrorCode::kInvalidState, "An account has at most 100 Verify apps.");
}

}  // namespace

Task<Response> list_verify_apps(Context& context) {
  const PgRows rows =
      co_await context.app.pg.query(sql::verify_apps_all, context.caller.account_id);
  JsonWriter json;
  json.begin_object().key("apps").begin_array();
  for (int row = 0; row < rows.size(); ++row) write_verify_app(json, verify_app_of(rows, row));
  json.end_array().member("total", rows.size()).end_object();
  co_return Response::json(json.take());
}

Task<Response> create_verify_app(Context& context) {
  VerifyApp app = co_await parse_verify_app(context.request.body);
  app.app_id = "vapp_" + to_hex(random_bytes(kIdBytes));
  app.created_at = app.updated_at = now();
  const auto key = co_await idempotency_key(context.request, context.caller);
  const Response answer = app_answer(app);
  const std::function<Status()> make = [&] { return insert(context, app, key, answer.body); };
  co_return co_await make_once(context.app.pg, context.caller.account_id, key, make, answer);
}

Task<Response> get_verify_app(Context& context) {
  const PgRows rows = co_await context.app.pg.query(
      sql::verify_app_by_id, context.caller.account_id, context.request.parameters.at(0));
  if (rows.size() == 0) co_return no_such_app();
  co_return app_answer(verify_app_of(rows, 0));
}

// Replaces everything: what the body leaves out is as by default again.
Task<Response> replace_verify_app(Context& context) {
  const VerifyApp app = co_await parse_verify_app(context.request.body);
  const PgRows rows = co_await context.app.pg.query(
      sql::verify_app_replace, context.caller.account_id, context.request.parameters.at(0),
      app.name, app.settings.sender, static_cast<int16_t>(app.settings.code_length),
      static_cast<int32_t>(app.settings.expiry.count()), app.settings.text_template);
  if (rows.size() == 0) co_return no_such_app();
  co_return app_answer(verify_app_of(rows, 0));
}

Task<Response> delete_verify_app(Context& context) {
  const PgRows rows = co_await context.app.pg.query(
      sql::verify_app_delete, context.caller.account_id, context.request.parameters.at(0));
  if (rows.affected() == 0) co_return no_such_app();
  co_return Response{.status = 204, .body = {}, .headers = {}};
}

}  // namespace dundun
