// POST /auth/password: a new password, and the end of the user's other sessions.
#include "common/base/config.h"
#include "common/base/executor.h"
#include "common/identity/control.h"
#include "common/identity/password_threads.h"
#include "common/identity/user_fields.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/web/audited_change.h"
#include "handlers/session/endpoints.h"
#include "handlers/session/login_guard.h"
#include "sql/second_factor.h"
#include "sql/sessions.h"

namespace dundun {
namespace {

struct Passwords {
  std::string current, fresh;
};

Result<Passwords> parse_passwords(const Context& context) {
  const JsonDocument document = TRY(JsonDocument::parse(context.request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  Passwords passwords;
  passwords.current = TRY(object.required_string("current_password"));
  passwords.fresh = TRY(object.required_string("new_password"));
  const NewPassword fresh{"new_password", passwords.fresh, context.caller.email};
  TRY(check_new_password(fresh, context.services.config.sessions));
  return passwords;
}

Result<std::string> current_hash(Context& context) {
  const PgRows user = TRY(context.services.pg.query(sql::user_by_id, context.caller.account_id,
                                                    context.caller.user_id));
  if (user.size() == 0) return fail(ErrorCode::kNotFound, "User not found");
  return std::string(user.text(0, sql::user_by_id.password_hash));
}

Result<Response> change(Context& context, const std::string& hash) {
  const Caller& caller = context.caller;
  AuditedChange change = TRY(AuditedChange::begin(context));
  (void)TRY(change.run(sql::user_set_password, caller.account_id, caller.user_id, hash));
  (void)TRY(change.run(sql::half_sessions_drop, caller.account_id, caller.user_id));
  const PgRows revoked = TRY(change.run(sql::sessions_revoke_others, caller.account_id,
                                        caller.user_id, caller.session_id));
  TRY(change.record({.account_id = caller.account_id,
                     .action = "user.password_changed",
                     .subject = "user " + std::to_string(caller.user_id)}));
  TRY(change.commit(AuditedChange::Effect::kNone));
  if (revoked.size() > 0) context.services.control.sessions_ended();
  JsonWriter json;
  json.begin_object()
      .member("status", "changed")
      .member("revoked_sessions", static_cast<int64_t>(revoked.size()))
      .end_object();
  return Response::json(json.take());
}

}  // namespace

Task<Response> change_password(Context& context) {
  const Passwords passwords = co_await parse_passwords(context);
  const LoginAttempt tried = co_await count_attempt(context, context.caller.email);
  const std::string old_hash = co_await current_hash(context);
  auto check =
      context.services.passwords.verify(old_hash, passwords.current, context.services.executor);
  Result<bool> checked = co_await check;
  const bool is_right = co_await std::move(checked);
  if (!is_right) co_return fail(ErrorCode::kWrongPassword, "Wrong current password.");
  co_await forgive_attempt(context, tried);
  auto work = context.services.passwords.hash(passwords.fresh, context.services.executor);
  Result<std::string> hashed = co_await work;
  const std::string new_hash = co_await std::move(hashed);
  co_return co_await change(context, new_hash);
}

}  // namespace dundun
