#include "handlers/session/half_session.h"

#include "common/io/crypto.h"
#include "common/io/pg.h"
#include "sql/second_factor.h"

namespace dundun {
namespace {

constexpr size_t kTokenBytes = 32;

const char* true_or_false(bool flag) { return flag ? "true" : "false"; }

}  // namespace

Result<Response> ask_for_second_factor(Context& context, const SecondFactor& factor) {
  const std::string token = to_hex(random_bytes(kTokenBytes));
  const PgRows made = TRY(context.services.pg.query(
      sql::half_session_make, sha256(token), factor.account_id, factor.user_id,
      static_cast<int32_t>(context.services.config.sessions.half_session_s)));
  Error error = fail(ErrorCode::kSecondFactorDue,
                     factor.in_force() ? "Show the second factor: POST /auth/login/second-factor."
                                       : "You need a second factor: POST /auth/login/enrol.");
  error.extra = R"("login_token":")" + token + R"(","enrolled":)" +
                true_or_false(factor.in_force()) + R"(,"app":)" + true_or_false(factor.has_app()) +
                R"(,"passkey":)" + true_or_false(factor.passkeys > 0) + R"(,"ends_at":")" +
                format_z(made.instant(0, sql::half_session_make.ends_at)) + "\"";
  return error;
}

}  // namespace dundun
