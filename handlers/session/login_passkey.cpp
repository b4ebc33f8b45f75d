// POST /auth/login/passkey, with its options: a login by a passkey alone, which then has to know
// its owner, or as the second step after the password; and POST /auth/login/enrol/passkey, with its
// options, for somebody who has to have a second factor and has none.
#include "common/io/crypto.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/web/csrf.h"
#include "handlers/session/endpoints.h"
#include "handlers/session/login_guard.h"
#include "handlers/session/open_session.h"
#include "handlers/session/passkey_ceremony.h"
#include "sql/passkeys.h"
#include "sql/second_factor.h"

namespace dundun {
namespace {

// What a body bears. Without a token somebody logs in by the passkey alone.
struct PasskeyLogin {
  std::string token_hash;  // empty: none
  int64_t account_id = 0, user_id = 0;
  std::string email;
  std::string name;  // of a passkey that was made
  Credential credential;

  bool is_second_step() const { return !token_hash.empty(); }
  std::string purpose() const {
    return is_second_step() ? for_half_session(token_hash) : kForLogin;
  }
};

enum class Bears { kToken, kCredential, kNewCredential };

Status parse_half(Context& context, const std::string& token, PasskeyLogin& login) {
  constexpr auto& col = sql::half_session_of;
  login.token_hash = sha256(token);
  const PgRows half = TRY(context.services.pg.query(sql::half_session_of, login.token_hash));
  if (half.size() == 0) return fail(ErrorCode::kExpiredToken, "Begin again: log in.");
  login.account_id = half.i64(0, col.account_id);
  login.user_id = half.i64(0, col.user_id);
  login.email = half.text(0, col.email);
  return Done{};
}

Result<PasskeyLogin> parse_login(Context& context, Bears bears) {
  const Request& request = context.request;
  TRY(require_own_page(request, context.services.config.sessions.origins));
  TRY(require_no_form(request));
  const JsonDocument document = TRY(JsonDocument::parse(request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  PasskeyLogin login;
  if (const auto token = TRY(object.optional_string("login_token"))) {
    TRY(parse_half(context, *token, login));
  }
  if (bears == Bears::kCredential) {
    login.credential = TRY(parse_credential(object, Ceremony::kGet));
  }
  if (bears == Bears::kNewCredential) {
    login.name = TRY(parse_passkey_name(object));
    login.credential = TRY(parse_credential(object, Ceremony::kCreate));
  }
  return login;
}

Result<PasskeyLogin> parse_enrolling(Context& context, Bears bears) {
  PasskeyLogin login = TRY(parse_login(context, bears));
  if (login.is_second_step()) return login;
  return invalid_field("login_token", "field required", "value_error.missing");
}

// Whose passkey it is: the half session's, or whoever has it.
Result<PgRows> owner_of_passkey(Context& context, const PasskeyLogin& login) {
  if (login.is_second_step()) {
    return context.services.pg.query(sql::passkey_of_user, login.account_id, login.user_id,
                                     login.credential.id);
  }
  return context.services.pg.query(sql::passkey_by_credential, login.credential.id);
}

Result<Response> open_by_passkey(Context& context, const PasskeyLogin& login, const PgRows& found,
                                 const LoginAttempt& tried) {
  AuditedChange change = TRY(AuditedChange::begin(context));
  const Proves wants = login.is_second_step() ? Proves::kTouch : Proves::kOwner;
  const Shown shown = TRY(check_passkey(context, change, found, login.credential, wants));
  if (login.is_second_step()) {
    const PgRows ended = TRY(change.run(sql::half_session_end, login.token_hash));
    if (ended.size() == 0) return fail(ErrorCode::kExpiredToken, "Begin again: log in.");
  }
  Opening opening{.account_id = shown.account_id, .user_id = shown.user_id, .tried = tried};
  opening.shown = login.is_second_step() ? "passkey" : "passkey_alone";
  return open_session(context, change, opening);
}

Status require_none(const SecondFactor& factor) {
  if (!factor.in_force()) return Done{};
  return fail(ErrorCode::kInvalidState, "There is a second factor: show it.");
}

}  // namespace

Result<Response> login_passkey_options(Context& context) {
  const PasskeyLogin login = TRY(parse_login(context, Bears::kToken));
  if (!login.is_second_step()) {
    (void)TRY(own_party(context));
    TRY(count_passkey_ask(context));
    return request_answer(context, nullptr, login.purpose());
  }
  const SecondFactor factor = TRY(second_factor_of(context, login.account_id, login.user_id));
  const PgRows passkeys = TRY(passkeys_of(context, factor));
  if (passkeys.size() == 0) return fail(ErrorCode::kInvalidState, "There is no passkey.");
  return request_answer(context, &passkeys, login.purpose());
}

// Tries are counted for the e-mail as those of codes are, once it is known whose passkey it is.
Result<Response> login_passkey(Context& context) {
  const PasskeyLogin login = TRY(parse_login(context, Bears::kCredential));
  TRY(use_challenge(context, login.credential, Ceremony::kGet, login.purpose()));
  const PgRows found = TRY(owner_of_passkey(context, login));
  std::string email = login.email;
  if (!login.is_second_step() && found.size() > 0)
    email = found.text(0, sql::passkey_of_user.email);
  const LoginAttempt tried = TRY(count_attempt(context, email, Guess::kCode));
  Result<Response> answer = open_by_passkey(context, login, found, tried);
  if (answer) TRY(forgive_attempt(context, tried));
  return answer;
}

Result<Response> login_enrol_passkey_options(Context& context) {
  const PasskeyLogin login = TRY(parse_enrolling(context, Bears::kToken));
  const SecondFactor factor = TRY(second_factor_of(context, login.account_id, login.user_id));
  TRY(require_none(factor));
  return creation_answer(context, factor, "to enrol in " + login.purpose());
}

Result<Response> login_enrol_passkey(Context& context) {
  const PasskeyLogin login = TRY(parse_enrolling(context, Bears::kNewCredential));
  TRY(use_challenge(context, login.credential, Ceremony::kCreate,
                    "to enrol in " + login.purpose()));
  const LoginAttempt tried = TRY(count_attempt(context, login.email, Guess::kCode));
  const SecondFactor factor = TRY(second_factor_of(context, login.account_id, login.user_id));
  TRY(require_none(factor));
  AuditedChange change = TRY(AuditedChange::begin(context));
  Kept kept = TRY(keep_passkey(context, change, factor, login.credential, login.name));
  const PgRows ended = TRY(change.run(sql::half_session_end, login.token_hash));
  if (ended.size() == 0) return fail(ErrorCode::kExpiredToken, "Begin again: log in.");
  Opening opening{.account_id = login.account_id, .user_id = login.user_id, .tried = tried};
  opening.shown = "passkey";
  opening.recovery_codes = std::move(kept.recovery_codes);
  Result<Response> answer = open_session(context, change, opening);
  if (answer) TRY(forgive_attempt(context, tried));
  return answer;
}

}  // namespace dundun
