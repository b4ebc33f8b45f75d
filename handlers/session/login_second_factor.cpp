// POST /auth/login/second-factor and /auth/login/enrol: the second step of a login, with the token
// that the first one gave.
#include "common/base/log.h"
#include "common/io/crypto.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/web/csrf.h"
#include "handlers/session/endpoints.h"
#include "handlers/session/login_guard.h"
#include "handlers/session/open_session.h"
#include "handlers/session/second_factor.h"
#include "sql/second_factor.h"

namespace dundun {
namespace {

struct SecondStep {
  std::string token_hash;
  std::string code;  // empty: to enrol
  int64_t account_id, user_id;
  std::string email;
};

enum class Wants { kCode, kNothing };

Result<SecondStep> parse_step(Context& context, Wants wants) {
  constexpr auto& col = sql::half_session_of;
  const Request& request = context.request;
  TRY(require_own_page(request, context.services.config.sessions.origins));
  TRY(require_no_form(request));
  const JsonDocument document = TRY(JsonDocument::parse(request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  SecondStep step{};
  step.token_hash = sha256(TRY(object.required_string("login_token")));
  if (wants == Wants::kCode) step.code = TRY(object.required_string("code"));
  const PgRows half = TRY(context.services.pg.query(sql::half_session_of, step.token_hash));
  if (half.size() == 0) return fail(ErrorCode::kExpiredToken, "Begin again: log in.");
  step.account_id = half.i64(0, col.account_id);
  step.user_id = half.i64(0, col.user_id);
  step.email = half.text(0, col.email);
  return step;
}

// What the code does: it opens by the factor in force, or puts the enrolled one into force.
Result<Response> finish_login(Context& context, const SecondStep& step, const LoginAttempt& tried) {
  const SecondFactor factor = TRY(second_factor_of(context, step.account_id, step.user_id));
  AuditedChange change = TRY(AuditedChange::begin(context));
  const PgRows ended = TRY(change.run(sql::half_session_end, step.token_hash));
  if (ended.size() == 0) return fail(ErrorCode::kExpiredToken, "Begin again: log in.");
  Opening opening{.account_id = step.account_id, .user_id = step.user_id, .tried = tried};
  if (factor.in_force()) {
    opening.shown = TRY(use_code(context, change, factor, step.code));
  } else {
    Caller person;
    person.account_id = step.account_id;
    person.user_id = step.user_id;
    person.email = step.email;
    opening.shown = "totp";
    opening.recovery_codes = TRY(confirm(context, change, factor, step.code, &person));
  }
  return open_session(context, change, opening);
}

}  // namespace

Result<Response> login_second_factor(Context& context) {
  const SecondStep step = TRY(parse_step(context, Wants::kCode));
  const LoginAttempt tried = TRY(count_attempt(context, step.email, Guess::kCode));
  Result<Response> answer = finish_login(context, step, tried);
  if (answer) TRY(forgive_attempt(context, tried));
  if (!answer && answer.error().code == ErrorCode::kWrongCode) {
    log(LogLevel::kWarning, "second_factor_failed", {{"user_id", step.user_id}});
  }
  return answer;
}

Result<Response> login_enrol(Context& context) {
  const SecondStep step = TRY(parse_step(context, Wants::kNothing));
  const SecondFactor factor = TRY(second_factor_of(context, step.account_id, step.user_id));
  if (factor.in_force()) {
    return fail(ErrorCode::kInvalidState, "There is a second factor: show a code of it.");
  }
  AuditedChange change = TRY(AuditedChange::begin(context));
  const Enrolment enrolment = TRY(enrol(context, change, factor));
  TRY(change.commit(AuditedChange::Effect::kNone));
  return enrolment_answer(enrolment);
}

}  // namespace dundun
