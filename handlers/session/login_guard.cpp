#include "handlers/session/login_guard.h"

#include "common/base/config.h"
#include "common/base/cookie.h"
#include "common/io/crypto.h"
#include "common/io/pg.h"
#include "handlers/session/cookie.h"
#include "sql/sessions.h"

namespace dundun {
namespace {

std::string by_address(const Context& context) {
  return sha256("address " + context.request.remote_address);
}

std::string by_device(const std::string& mark) { return sha256("device " + mark); }

constexpr std::string_view kDeviceCookie = "dundun_device";
constexpr size_t kMarkBytes = 32;

struct Rule {
  int window_s;
  bool doubling;
  int failures_max = 0;  // 0: LOGIN_FAILURES_MAX
};

// Seconds to wait before the subject may try.
Result<int> attempt(Context& context, const std::string& subject, const Rule& rule) {
  const SessionConfig& config = context.services.config.sessions;
  const PgRows rows = TRY(context.services.pg.query(
      sql::login_attempt, subject,
      static_cast<int32_t>(rule.failures_max > 0 ? rule.failures_max : config.login_failures_max),
      static_cast<int32_t>(rule.window_s), static_cast<int32_t>(config.login_block_s),
      rule.doubling));
  return rows.i32(0, 0);
}

// The browser's mark, if this e-mail has logged in with it.
Result<std::string> known_device(Context& context, const std::string& email_hash) {
  const std::string mark(cookie_value(context.request.cookie, kDeviceCookie));
  if (mark.size() != 2 * kMarkBytes) return std::string();
  const PgRows rows =
      TRY(context.services.pg.query(sql::login_device, by_device(mark), email_hash));
  return rows.size() > 0 ? mark : std::string();
}

Result<int> wait_of(Context& context, const LoginAttempt& tried) {
  const SessionConfig& config = context.services.config.sessions;
  const Rule of_account{config.login_email_window_s, true};
  if (!tried.device.empty()) return attempt(context, by_device(tried.device), of_account);
  const int wait_s = TRY(attempt(context, by_address(context), {config.login_window_s, false}));
  return wait_s > 0 ? Result<int>(wait_s) : attempt(context, tried.subject, of_account);
}

Error wait_first(const char* what, int wait_s) {
  Error error = fail(ErrorCode::kRateLimited, what);
  error.retry_after_s = wait_s;
  return error;
}

}  // namespace

Result<LoginAttempt> count_attempt(Context& context, const std::string& email, Guess guess) {
  LoginAttempt tried{.email_hash = sha256("email " + email), .subject = {}, .device = {}};
  tried.subject = guess == Guess::kCode ? sha256("code " + email) : tried.email_hash;
  tried.device = TRY(known_device(context, tried.email_hash));
  const int wait_s = TRY(wait_of(context, tried));
  if (wait_s == 0) return tried;
  return wait_first("Too many failed logins: wait before the next.", wait_s);
}

Status count_mail_request(Context& context, const std::string& email) {
  const SessionConfig& config = context.services.config.sessions;
  const Rule of_address{config.login_window_s, false};
  int wait_s =
      TRY(attempt(context, sha256("mail address " + context.request.remote_address), of_address));
  const Rule of_email{config.login_email_window_s, false, config.reset_mails_max};
  if (wait_s == 0) wait_s = TRY(attempt(context, sha256("mail " + email), of_email));
  if (wait_s == 0) return Done{};
  return wait_first("Too many mails: wait before the next.", wait_s);
}

Status count_passkey_ask(Context& context) {
  const SessionConfig& config = context.services.config.sessions;
  const Rule of_address{config.login_window_s, false, config.passkey_asks_max};
  const int wait_s = TRY(
      attempt(context, sha256("passkey address " + context.request.remote_address), of_address));
  if (wait_s == 0) return Done{};
  return wait_first("Too many logins were begun here: wait before the next.", wait_s);
}

Status count_link_use(Context& context) {
  const Rule of_address{context.services.config.sessions.login_window_s, false};
  const int wait_s =
      TRY(attempt(context, sha256("link address " + context.request.remote_address), of_address));
  if (wait_s == 0) return Done{};
  return wait_first("Too many links: wait before the next.", wait_s);
}

Status forgive_attempt(Context& context, const LoginAttempt& tried) {
  const int failures_max = context.services.config.sessions.login_failures_max;
  const bool by_mark = !tried.device.empty();
  (void)TRY(context.services.pg.query(
      sql::login_succeeded, by_mark ? by_device(tried.device) : tried.subject,
      by_mark ? std::string() : by_address(context), static_cast<int32_t>(failures_max)));
  return Done{};
}

Result<std::string> device_cookie(Context& context, const LoginAttempt& tried) {
  const SessionConfig& config = context.services.config.sessions;
  const std::string mark = tried.device.empty() ? to_hex(random_bytes(kMarkBytes)) : tried.device;
  (void)TRY(context.services.pg.query(sql::login_device_keep, by_device(mark), tried.email_hash,
                                      static_cast<int64_t>(config.devices_max - 1)));
  return kept_cookie(kDeviceCookie, mark, config.device_days * 86'400, context.request, config);
}

}  // namespace dundun
