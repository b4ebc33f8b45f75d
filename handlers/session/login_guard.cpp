#include "handlers/session/login_guard.h"

#include <algorithm>

#include "common/base/config.h"
#include "common/io/crypto.h"
#include "common/io/pg.h"
#include "sql/sessions.h"

namespace dundun {
namespace {

std::string by_address(const Context& context) {
  return sha256("address " + context.request.remote_address);
}

std::string by_email(const std::string& email) { return sha256("email " + email); }

struct Rule {
  int window_s;
  bool doubling;
};

// Seconds to wait before the subject may try.
Result<int> attempt(Context& context, const std::string& subject, const Rule& rule) {
  const SessionConfig& config = context.services.config.sessions;
  const PgRows rows = TRY(context.services.pg.query(
      sql::login_attempt, subject, static_cast<int32_t>(config.login_failures_max),
      static_cast<int32_t>(rule.window_s), static_cast<int32_t>(config.login_block_s),
      rule.doubling));
  return rows.i32(0, 0);
}

}  // namespace

Status count_attempt(Context& context, const std::string& email) {
  const SessionConfig& config = context.services.config.sessions;
  int wait_s = TRY(attempt(context, by_address(context), {config.login_window_s, false}));
  if (wait_s == 0) {
    wait_s = TRY(attempt(context, by_email(email), {config.login_email_window_s, true}));
  }
  if (wait_s == 0) return Done{};
  Error error = fail(ErrorCode::kRateLimited, "Too many failed logins: wait before the next.");
  error.retry_after_s = wait_s;
  return error;
}

Status forgive_attempt(Context& context, const std::string& email) {
  const int failures_max = context.services.config.sessions.login_failures_max;
  (void)TRY(context.services.pg.query(sql::login_succeeded, by_email(email), by_address(context),
                                      static_cast<int32_t>(failures_max)));
  return Done{};
}

}  // namespace dundun
