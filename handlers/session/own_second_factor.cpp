// The caller's own second factor: GET and POST /auth/second-factor, and /enrol, /confirm,
// /recovery-codes and /remove under it.
#include "common/base/executor.h"
#include "common/base/log.h"
#include "common/identity/control.h"
#include "common/identity/password_threads.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/web/message_json.h"
#include "handlers/session/endpoints.h"
#include "handlers/session/login_guard.h"
#include "handlers/session/second_factor.h"
#include "handlers/session/user_json.h"
#include "sql/second_factor.h"
#include "sql/sessions.h"

namespace dundun {
namespace {

std::string subject_of(const Caller& caller) { return "user " + std::to_string(caller.user_id); }

Result<SecondFactor> own_factor(Context& context) {
  return second_factor_of(context, context.caller.account_id, context.caller.user_id);
}

Result<std::string> parse_code(const Context& context) {
  const JsonDocument document = TRY(JsonDocument::parse(context.request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  return object.required_string("code");
}

// Empty: none, which will do where a passkey was just shown.
Result<std::string> parse_maybe_code(const Context& context) {
  const JsonDocument document = TRY(JsonDocument::parse(context.request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  const auto code = TRY(object.optional_string("code"));
  return code.value_or("");
}

Response codes_answer(const std::vector<std::string>& codes) {
  JsonWriter json;
  json.begin_object();
  write_recovery_codes(json, codes);
  Response response = Response::json(json.end_object().take());
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

// What a code is shown for. Does it in the transaction in which the code is used up, and commits.
using Deed = Result<Response> (*)(Context& context, AuditedChange& change,
                                  const SecondFactor& factor);

Result<Response> with_code(Context& context, const std::string& code, Deed deed) {
  const LoginAttempt tried = TRY(count_attempt(context, context.caller.email, Guess::kCode));
  const SecondFactor factor = TRY(own_factor(context));
  AuditedChange change = TRY(AuditedChange::begin(context));
  Result<const char*> used = use_code(context, change, factor, code);
  if (!used) {
    log(LogLevel::kWarning, "second_factor_failed", {{"user_id", context.caller.user_id}});
    return std::move(used).error();
  }
  TRY(note_shown(context, change));
  Response response = TRY(deed(context, change, factor));
  TRY(forgive_attempt(context, tried));
  return response;
}

Result<Response> codes_renewed(Context& context, AuditedChange& change,
                               const SecondFactor& factor) {
  const std::vector<std::string> codes = TRY(renew_recovery_codes(change, factor));
  TRY(change.record({.account_id = context.caller.account_id,
                     .action = "second_factor.codes_renewed",
                     .subject = subject_of(context.caller)}));
  TRY(change.commit(AuditedChange::Effect::kNone));
  return codes_answer(codes);
}

Result<Response> removed(Context& context, AuditedChange& change, const SecondFactor& factor) {
  if (!factor.has_app()) {
    return fail(ErrorCode::kInvalidState,
                "There is no app: remove passkeys (DELETE /auth/passkeys/{id}).");
  }
  if (factor.passkeys == 0 && factor.required(context.services.config.sessions)) {
    return fail(ErrorCode::kInvalidState,
                "You need a second factor: replace it instead (POST /auth/second-factor/enrol).");
  }
  if (factor.passkeys > 0) {
    (void)TRY(change.run(sql::second_factor_drop_app, factor.account_id, factor.user_id));
  } else {
    TRY(drop_all_factors(change, factor));
  }
  TRY(change.record({.account_id = context.caller.account_id,
                     .action = "second_factor.removed",
                     .subject = subject_of(context.caller)}));
  TRY(change.commit(AuditedChange::Effect::kNone));
  return Response{.status = 204, .body = {}, .headers = {}};
}

struct NewFactor {
  std::string password;
  std::string code;  // of the one in force
};

Result<NewFactor> parse_enrolment(const Context& context) {
  const JsonDocument document = TRY(JsonDocument::parse(context.request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  NewFactor wanted;
  wanted.password = TRY(object.required_string("current_password"));
  wanted.code = TRY(object.optional_string("code")).value_or("");
  return wanted;
}

Result<std::string> own_hash(Context& context) {
  const PgRows user = TRY(context.services.pg.query(sql::user_by_id, context.caller.account_id,
                                                    context.caller.user_id));
  if (user.size() == 0) return fail(ErrorCode::kNotFound, "User not found");
  return std::string(user.text(0, sql::user_by_id.password_hash));
}

Result<Response> enrolled(Context& context, AuditedChange& change, const SecondFactor& factor) {
  const Enrolment enrolment = TRY(enrol(context, change, factor));
  TRY(change.commit(AuditedChange::Effect::kNone));
  return enrolment_answer(enrolment);
}

// In the place of a code, for who has passkeys: that one was just shown in this session.
Status require_just_shown(const Context& context) {
  const std::optional<Instant>& shown = context.caller.second_factor_at;
  if (shown && *shown + context.services.config.sessions.fresh > now()) return Done{};
  return fail(
      ErrorCode::kSecondFactorStale,
      "Show your second factor again (POST /auth/second-factor/passkey), then repeat this.");
}

// What a code is shown for, or a passkey was.
Result<Response> with_factor(Context& context, const std::string& code, Deed deed) {
  const SecondFactor factor = TRY(own_factor(context));
  if (!code.empty()) return with_code(context, code, deed);
  if (factor.passkeys == 0) return invalid_field("code", "field required", "value_error.missing");
  TRY(require_just_shown(context));
  AuditedChange change = TRY(AuditedChange::begin(context));
  return deed(context, change, factor);
}

// Who has a factor shows it: a password alone replaces none.
Result<Response> begin_enrolment(Context& context, const NewFactor& wanted) {
  const SecondFactor factor = TRY(own_factor(context));
  if (factor.in_force()) return with_factor(context, wanted.code, enrolled);
  AuditedChange change = TRY(AuditedChange::begin(context));
  return enrolled(context, change, factor);
}

}  // namespace

Result<Response> show_second_factor(Context& context) {
  const SecondFactor factor = TRY(own_factor(context));
  JsonWriter json;
  json.begin_object()
      .member("enabled", factor.in_force())
      .member("required", factor.required(context.services.config.sessions))
      .member("app", factor.has_app())
      .member("passkeys", factor.passkeys);
  write_time(json, "enabled_at", factor.confirmed_at, format_z);
  json.member("recovery_codes_left", factor.codes_left);
  write_time(json, "shown_at", context.caller.second_factor_at, format_z);
  return Response::json(json.end_object().take());
}

Result<Response> show_code(Context& context) {
  const std::string code = TRY(parse_code(context));
  return with_code(context, code, shown_again);
}

Result<Response> new_codes(Context& context) {
  const std::string code = TRY(parse_maybe_code(context));
  return with_factor(context, code, codes_renewed);
}

Result<Response> remove_second_factor(Context& context) {
  const std::string code = TRY(parse_maybe_code(context));
  return with_factor(context, code, removed);
}

Task<Response> enrol_second_factor(Context& context) {
  const NewFactor wanted = co_await parse_enrolment(context);
  const LoginAttempt tried = co_await count_attempt(context, context.caller.email);
  const std::string hash = co_await own_hash(context);
  auto check = context.services.passwords.verify(hash, wanted.password, context.services.executor);
  Result<bool> checked = co_await check;
  const bool is_right = co_await std::move(checked);
  if (!is_right) co_return fail(ErrorCode::kWrongPassword, "Wrong current password.");
  co_await forgive_attempt(context, tried);
  co_return co_await begin_enrolment(context, wanted);
}

// From now on every login needs it, so the sessions without it end.
Result<Response> confirm_second_factor(Context& context) {
  const Caller& caller = context.caller;
  const std::string code = TRY(parse_code(context));
  const SecondFactor factor = TRY(own_factor(context));
  AuditedChange change = TRY(AuditedChange::begin(context));
  const std::vector<std::string> codes = TRY(confirm(context, change, factor, code, nullptr));
  TRY(note_shown(context, change));
  (void)TRY(change.run(sql::sessions_revoke_others, caller.account_id, caller.user_id,
                       caller.session_id));
  TRY(change.commit(AuditedChange::Effect::kNone));
  context.services.control.sessions_ended();
  return codes_answer(codes);
}

}  // namespace dundun
