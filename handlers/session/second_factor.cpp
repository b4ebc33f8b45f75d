#include "handlers/session/second_factor.h"

#include "common/identity/totp.h"
#include "common/io/crypto.h"
#include "common/io/pg.h"
#include "sql/second_factor.h"

namespace dundun {
namespace {

constexpr int kEnrolmentLivesS = 900;

std::string owner_of(const SecondFactor& factor) {
  return "second factor of user " + std::to_string(factor.user_id);
}

Result<std::string> opened(const Context& context, const SecondFactor& factor,
                           const std::string& sealed) {
  std::optional<std::string> secret =
      unseal(context.services.config.secrets_key, sealed, owner_of(factor));
  if (secret) return *std::move(secret);
  return fail(ErrorCode::kInternal, "Internal server error",
              "a second factor is sealed with another SECRETS_KEY");
}

Error wrong_code() { return fail(ErrorCode::kWrongCode, "Wrong code, or one that was used."); }

}  // namespace

Result<SecondFactor> second_factor_of(Context& context, int64_t account_id, int64_t user_id) {
  constexpr auto& col = sql::second_factor_of;
  const PgRows rows = TRY(context.services.pg.query(sql::second_factor_of, account_id, user_id));
  if (rows.size() == 0) return fail(ErrorCode::kNotFound, "User not found");
  SecondFactor factor;
  factor.account_id = account_id;
  factor.user_id = user_id;
  if (!rows.is_null(0, col.secret)) factor.sealed = rows.text(0, col.secret);
  if (!rows.is_null(0, col.pending)) factor.pending = rows.text(0, col.pending);
  factor.confirmed_at = rows.maybe_instant(0, col.confirmed_at);
  factor.codes_left = rows.i64(0, col.recovery_codes);
  factor.role = Role(rows.i16(0, col.role));
  factor.account_wants_it = rows.boolean(0, col.second_factor_required);
  factor.email = rows.text(0, col.email);
  factor.passkeys = rows.i64(0, col.passkeys);
  factor.name = rows.text(0, col.name);
  return factor;
}

Result<const char*> use_code(Context& context, AuditedChange& change, const SecondFactor& factor,
                             const std::string& code) {
  if (!factor.in_force()) {
    return fail(ErrorCode::kInvalidState, "There is no second factor: enrol one first.");
  }
  if (const auto hash = recovery_hash(code, factor.user_id)) {
    const PgRows used =
        TRY(change.run(sql::recovery_code_use, factor.account_id, factor.user_id, *hash));
    if (used.size() == 0) return wrong_code();
    return "recovery_code";
  }
  if (!factor.has_app()) return wrong_code();
  const std::string secret = TRY(opened(context, factor, factor.sealed));
  const std::optional<int64_t> step = matching_step(secret, code, now());
  if (!step) return wrong_code();
  const PgRows used =
      TRY(change.run(sql::second_factor_use, factor.account_id, factor.user_id, *step));
  if (used.size() == 0) return wrong_code();
  return "totp";
}

Result<Enrolment> enrol(Context& context, AuditedChange& change, const SecondFactor& factor) {
  const Config& config = context.services.config;
  const std::string secret = random_bytes(kTotpSecretBytes);
  (void)TRY(change.run(sql::second_factor_enrol, factor.account_id, factor.user_id,
                       seal(config.secrets_key, secret, owner_of(factor)),
                       static_cast<int32_t>(kEnrolmentLivesS)));
  return Enrolment{to_base32(secret), totp_uri(secret, {config.sessions.issuer, factor.email})};
}

Response enrolment_answer(const Enrolment& enrolment) {
  JsonWriter json;
  json.begin_object().member("secret", enrolment.secret).member("uri", enrolment.uri).end_object();
  Response response = Response::json(json.take());
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

Result<std::vector<std::string>> confirm(Context& context, AuditedChange& change,
                                         const SecondFactor& factor, const std::string& code,
                                         const Caller* by) {
  if (factor.pending.empty()) {
    return fail(ErrorCode::kInvalidState, "No second factor was enrolled, or too long ago.");
  }
  const std::string secret = TRY(opened(context, factor, factor.pending));
  const std::optional<int64_t> step = matching_step(secret, code, now());
  if (!step) return wrong_code();
  const PgRows done = TRY(change.run(sql::second_factor_confirm, factor.account_id, factor.user_id,
                                     factor.pending, *step));
  if (done.size() == 0) {
    return fail(ErrorCode::kInvalidState, "Another second factor was enrolled meanwhile.");
  }
  std::vector<std::string> codes = TRY(renew_recovery_codes(change, factor));
  TRY(change.record({.account_id = factor.account_id,
                     .action = "second_factor.enabled",
                     .subject = "user " + std::to_string(factor.user_id),
                     .by = by}));
  return codes;
}

Result<std::vector<std::string>> renew_recovery_codes(AuditedChange& change,
                                                      const SecondFactor& factor) {
  std::vector<std::string> codes = new_recovery_codes();
  PgArray hashes(PgArray::Type::kBytea);
  for (const std::string& code : codes) {
    const std::optional<std::string> hash = recovery_hash(code, factor.user_id);
    hashes.add(std::string_view(*hash));
  }
  (void)TRY(change.run(sql::recovery_codes_drop, factor.account_id, factor.user_id));
  (void)TRY(
      change.run(sql::recovery_codes_make, factor.account_id, factor.user_id, hashes.finish()));
  return codes;
}

Status drop_all_factors(AuditedChange& change, const SecondFactor& factor) {
  (void)TRY(change.run(sql::second_factor_drop, factor.account_id, factor.user_id));
  (void)TRY(change.run(sql::sessions_forget_second_factor, factor.account_id, factor.user_id));
  return Done{};
}

Status note_shown(const Context& context, AuditedChange& change) {
  const Caller& caller = context.caller;
  const PgRows noted = TRY(
      change.run(sql::session_second_factor, caller.account_id, caller.user_id, caller.session_id));
  if (noted.size() > 0) return Done{};
  return fail(ErrorCode::kExpiredToken, "The session has ended: log in again.");
}

Result<Response> shown_again(Context& context, AuditedChange& change, const SecondFactor&) {
  TRY(change.record({.account_id = context.caller.account_id,
                     .action = "second_factor.shown",
                     .subject = "session " + std::to_string(context.caller.session_id)}));
  TRY(change.commit(AuditedChange::Effect::kNone));
  JsonWriter json;
  const Instant until = now() + context.services.config.sessions.fresh;
  json.begin_object().member("fresh_until", format_z(until)).end_object();
  return Response::json(json.take());
}

}  // namespace dundun
