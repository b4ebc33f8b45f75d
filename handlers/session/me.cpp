// GET /auth/me: who asks, what they may do, and the balance. With a key there is no user.
#include "common/base/cookie.h"
#include "common/identity/sessions.h"
#include "common/io/pg.h"
#include "common/web/csrf.h"
#include "handlers/session/endpoints.h"
#include "handlers/session/user_json.h"
#include "sql/account.h"
#include "sql/sessions.h"

namespace dundun {
namespace {

Status write_key(Context& context, JsonWriter& json) {
  const Caller& caller = context.caller;
  const PgRows account = TRY(context.services.pg.query(sql::account_name, caller.account_id));
  if (account.size() == 0) return fail(ErrorCode::kNotFound, "Account not found");
  json.member_null("user")
      .key("account")
      .begin_object()
      .member("id", caller.account_id)
      .member("name", account.text(0, sql::account_name.name))
      .member("currency", caller.currency)
      .end_object();
  json.member("api_key_id", caller.key_id).member_null("csrf_token");
  return Done{};
}

Status write_session(Context& context, JsonWriter& json) {
  const Caller& caller = context.caller;
  const PgRows user =
      TRY(context.services.pg.query(sql::user_by_id, caller.account_id, caller.user_id));
  if (user.size() == 0) return fail(ErrorCode::kNotFound, "User not found");
  write_user(json, user, caller);
  const std::string token(cookie_value(context.request.cookie, kSessionCookie));
  json.member_null("api_key_id").member("csrf_token", csrf_token(token));
  return Done{};
}

}  // namespace

Result<Response> me(Context& context) {
  const Caller& caller = context.caller;
  JsonWriter json;
  json.begin_object();
  // Never as one `TRY((a ? b : c))`: g++ 12 runs both arms.
  if (caller.is_session()) {
    TRY(write_session(context, json));
  } else {
    TRY(write_key(context, json));
  }
  const PgRows wallet =
      TRY(context.services.pg.query(sql::wallet_by_key, caller.account_id, caller.environment));
  if (wallet.size() == 0) return fail(ErrorCode::kNotFound, "Wallet not found");
  write_permissions(json, caller);
  json.member("environment", environment_name(caller.environment))
      .member_money("balance", wallet.i64(0, sql::wallet_by_key.balance_micros))
      .member("currency", wallet.text(0, sql::wallet_by_key.currency))
      .end_object();
  Response response = Response::json(json.take());
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

}  // namespace dundun
