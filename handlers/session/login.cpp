// POST /auth/login: e-mail and password for a session cookie, or for a token with which the second
// factor is to be shown. Whether the e-mail is known shows neither in the answer nor in the work
// that is done for it.
#include "common/base/config.h"
#include "common/base/executor.h"
#include "common/base/log.h"
#include "common/identity/password_threads.h"
#include "common/identity/user_fields.h"
#include "common/io/crypto.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/web/audited_change.h"
#include "common/web/csrf.h"
#include "handlers/session/endpoints.h"
#include "handlers/session/half_session.h"
#include "handlers/session/login_guard.h"
#include "handlers/session/open_session.h"
#include "handlers/session/second_factor.h"
#include "sql/sessions.h"

namespace dundun {
namespace {

struct Credentials {
  std::string email;  // lower case; perhaps no e-mail at all
  std::string password;
};

Result<Credentials> parse(const Context& context) {
  const Request& request = context.request;
  // Otherwise a form on another site could log its visitors in as a user of its choice.
  TRY(require_own_page(request, context.services.config.sessions.origins));
  TRY(require_no_form(request));
  const JsonDocument document = TRY(JsonDocument::parse(request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  const std::string email = TRY(object.required_string("email"));
  const std::string password = TRY(object.required_string("password"));
  return Credentials{lower_case(email), password};
}

struct FoundUser {
  int64_t account_id = 0;
  int64_t user_id = 0;
  std::string password_hash;  // empty: no user has this e-mail
  bool is_active = false;
};

Result<FoundUser> find_user(Context& context, const std::string& email) {
  constexpr auto& col = sql::user_by_email;
  const PgRows rows = TRY(context.services.pg.query(sql::user_by_email, email));
  if (rows.size() == 0) return FoundUser{};
  return FoundUser{rows.i64(0, col.account_id), rows.i64(0, col.user_id),
                   std::string(rows.text(0, col.password_hash)), rows.boolean(0, col.is_active)};
}

Result<Response> open_by_password(Context& context, const FoundUser& user,
                                  const LoginAttempt& tried) {
  AuditedChange change = TRY(AuditedChange::begin(context));
  Opening opening{.account_id = user.account_id, .user_id = user.user_id, .tried = tried};
  return open_session(context, change, opening);
}

}  // namespace

Task<Response> login(Context& context) {
  const Credentials credentials = co_await parse(context);
  const LoginAttempt tried = co_await count_attempt(context, credentials.email);
  const FoundUser user = co_await find_user(context, credentials.email);
  PasswordThreads& passwords = context.services.passwords;
  auto check =
      passwords.verify(user.password_hash, credentials.password, context.services.executor);
  Result<bool> checked = co_await check;
  const bool is_right = co_await std::move(checked);
  if (!is_right || !user.is_active) {
    log(LogLevel::kWarning, "login_failed", {{"user_id", user.user_id}});
    co_return fail(ErrorCode::kWrongPassword, "Wrong e-mail or password.");
  }
  co_await forgive_attempt(context, tried);
  if (!has_cost(user.password_hash, passwords.cost())) {
    auto rehash = passwords.hash(credentials.password, context.services.executor);
    Result<std::string> hashed = co_await rehash;
    const std::string hash = co_await std::move(hashed);
    co_await context.services.pg.query(sql::user_set_hash, user.account_id, user.user_id, hash,
                                       user.password_hash);
  }
  const SecondFactor factor = co_await second_factor_of(context, user.account_id, user.user_id);
  if (factor.in_force() || factor.required(context.services.config.sessions)) {
    co_return co_await ask_for_second_factor(context, factor);
  }
  co_return co_await open_by_password(context, user, tried);
}

}  // namespace dundun
