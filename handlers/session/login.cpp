// POST /auth/login: e-mail and password for a session cookie. Whether the e-mail is known shows
// neither in the answer nor in the work that is done for it.
#include "common/base/config.h"
#include "common/base/executor.h"
#include "common/base/log.h"
#include "common/identity/password_threads.h"
#include "common/identity/user_fields.h"
#include "common/io/crypto.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/sms/account.h"
#include "common/web/audited_change.h"
#include "common/web/csrf.h"
#include "handlers/session/cookie.h"
#include "handlers/session/endpoints.h"
#include "handlers/session/login_guard.h"
#include "handlers/session/user_json.h"
#include "sql/sessions.h"

namespace dundun {
namespace {

constexpr size_t kTokenBytes = 32;
constexpr size_t kUserAgentBytesMax = 200;

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
  const PgRows rows = TRY(context.services.pg.query(sql::user_by_email, email));
  if (rows.size() == 0) return FoundUser{};
  return FoundUser{rows.i64(0, 0), rows.i64(0, 1), std::string(rows.text(0, 2)),
                   rows.boolean(0, 3)};
}

// What a browser says of itself, as it may be shown: printable ASCII only.
std::string shown_agent(const std::string& user_agent) {
  std::string shown;
  for (char c : user_agent.substr(0, kUserAgentBytesMax)) {
    if (c >= ' ' && c <= '~') shown += c;
  }
  return shown;
}

Result<Response> open_session(Context& context, const FoundUser& user, const LoginAttempt& tried) {
  const SessionConfig& config = context.services.config.sessions;
  AuditedChange change = TRY(AuditedChange::begin(context));
  const PgRows row = TRY(change.run(sql::user_by_id, user.account_id, user.user_id));
  if (row.size() == 0)
    return fail(ErrorCode::kExpiredToken, "The session has ended: log in again.");
  if (AccountStatus(row.i16(0, 7)) != AccountStatus::kActive) {
    return fail(ErrorCode::kAccountSuspended, "This account is suspended.");
  }
  const std::string token = to_hex(random_bytes(kTokenBytes));
  const PgRows made =
      TRY(change.run(sql::session_make, sha256(token), user.account_id, user.user_id,
                     static_cast<int32_t>(config.idle_s), static_cast<int32_t>(config.absolute_s),
                     context.request.remote_address, shown_agent(context.request.user_agent)));
  (void)TRY(change.run(sql::user_logged_in, user.account_id, user.user_id));
  Caller caller;
  caller.account_id = user.account_id;
  caller.user_id = user.user_id;
  caller.email = row.text(0, 0);
  TRY(change.record({.account_id = user.account_id,
                     .action = "session.opened",
                     .subject = "session " + std::to_string(made.i64(0, 0)),
                     .by = &caller}));
  TRY(change.commit(AuditedChange::Effect::kNone));
  caller.take_role(Role(row.i16(0, 2)));
  JsonWriter json;
  json.begin_object();
  write_user(json, row, caller);
  write_permissions(json, caller);
  json.member("csrf_token", csrf_token(token))
      .member("expires_at", format_z(made.instant(0, 1)))
      .member("ends_at", format_z(made.instant(0, 2)))
      .end_object();
  Response response = Response::json(json.take());
  response.headers.emplace_back("Set-Cookie", session_cookie(token, context.request, config));
  response.headers.emplace_back("Set-Cookie", TRY(device_cookie(context, tried)));
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
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
  co_return co_await open_session(context, user, tried);
}

}  // namespace dundun
