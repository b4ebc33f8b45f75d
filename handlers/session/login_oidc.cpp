// GET /auth/login/oidc, POST /auth/login/oidc/start and /auth/login/oidc: a login by the OpenID
// provider of this installation (authorization code, PKCE, state and nonce).
#include <algorithm>

#include "common/base/config.h"
#include "common/base/cookie.h"
#include "common/base/log.h"
#include "common/base/percent.h"
#include "common/identity/oidc.h"
#include "common/identity/user_fields.h"
#include "common/io/crypto.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/web/csrf.h"
#include "common/web/users.h"
#include "handlers/session/cookie.h"
#include "handlers/session/endpoints.h"
#include "handlers/session/half_session.h"
#include "handlers/session/login_guard.h"
#include "handlers/session/oidc_provider.h"
#include "handlers/session/open_session.h"
#include "handlers/session/second_factor.h"
#include "sql/oidc.h"

namespace dundun {
namespace {

constexpr std::string_view kBrowserCookie = "dundun_oidc";
constexpr size_t kSecretBytes = 32;
constexpr size_t kCodeBytesMax = 4096;
constexpr size_t kNameBytesMax = 100;

// What both ends of a login derive from the browser's cookie and the state, so that nothing of it
// is kept: the nonce, and PKCE's verifier (RFC 7636 section 4.1).
std::string derived(const std::string& browser, const std::string& what, const std::string& state) {
  return to_base64url(hmac_sha256(browser, what + " " + state));
}

std::string redirect_uri(const Context& context) {
  return context.services.config.sessions.portal_url + "/signed-in";
}

std::string address_to_go(const Context& context, const OidcAddresses& addresses,
                          const std::string& browser, const std::string& state) {
  const std::string challenge = to_base64url(sha256(derived(browser, "verifier", state)));
  const std::pair<const char*, std::string> fields[] = {
      {"response_type", "code"},
      {"client_id", context.services.config.oidc.client_id},
      {"redirect_uri", redirect_uri(context)},
      {"scope", "openid email profile"},
      {"state", state},
      {"nonce", derived(browser, "nonce", state)},
      {"code_challenge", challenge},
      {"code_challenge_method", "S256"}};
  std::string url = addresses.authorization;
  char before = url.find('?') == url.npos ? '?' : '&';
  for (const auto& [name, value] : fields) {
    url.append(1, before).append(name).append("=").append(percent_encode(value));
    before = '&';
  }
  return url;
}

struct Return {
  std::string state, code;
  std::string browser;  // of the cookie
};

Error not_begun() {
  return fail(ErrorCode::kWrongIdentity,
              "state: this login was not begun in this browser, is over, or is too old.");
}

Result<Return> parse_return(Context& context) {
  TRY(require_own_page(context.request, context.services.config.sessions.origins));
  TRY(require_no_form(context.request));
  const JsonDocument document = TRY(JsonDocument::parse(context.request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  Return back;
  back.state = TRY(object.required_text("state"));
  back.code = TRY(object.required_text("code"));
  if (back.code.size() > kCodeBytesMax) {
    return invalid_field("code", "longer than 4096 bytes", "value_error.code");
  }
  back.browser = cookie_value(context.request.cookie, kBrowserCookie);
  if (back.browser.empty()) return not_begun();
  const PgRows begun =
      TRY(context.services.pg.query(sql::oidc_login_use, sha256(back.state), sha256(back.browser)));
  if (begun.size() == 0) return not_begun();
  return back;
}

// Whom the provider vouches for.
Result<OidcPerson> person_of_provider(Context& context, const Return& back) {
  const OidcConfig& config = context.services.config.oidc;
  const OidcAddresses addresses = TRY(provider_addresses(context));
  const std::string verifier = derived(back.browser, "verifier", back.state);
  const std::string uri = redirect_uri(context);
  const std::string token = TRY(trade_code(context, addresses, {back.code, verifier, uri}));
  const std::string nonce = derived(back.browser, "nonce", back.state);
  const IdTokenWanted wanted{config.issuer, config.client_id, nonce, config.role_claim,
                             now(),         config.clock_skew};
  IdTokenVerdict verdict =
      read_id_token(token, TRY(provider_keys(context, addresses, Copy::kKept)), wanted);
  if (!verdict.person && verdict.refusal.kind == IdTokenRefusal::Kind::kUnknownKey) {
    verdict = read_id_token(token, TRY(provider_keys(context, addresses, Copy::kRenewed)), wanted);
  }
  if (verdict.person) return *std::move(verdict.person);
  log(LogLevel::kWarning, "oidc_token_refused", {{"why", verdict.refusal.why}});
  return fail(ErrorCode::kWrongIdentity,
              "The identity provider's answer is not taken: " + verdict.refusal.why + ".");
}

Error nobody_here(const char* why) { return fail(ErrorCode::kWrongIdentity, why); }

// The most that the mapping grants; nullopt: there is no mapping, and it grants what people have.
std::optional<Role> granted_role(const OidcConfig& config, const OidcPerson& person) {
  if (config.roles.empty()) return std::nullopt;
  Role most = Role::kNone;
  for (const auto& [value, role] : config.roles) {
    const std::optional<Role> known = parse_role(role);
    const bool has = std::ranges::find(person.roles, value) != person.roles.end();
    if (known && has && *known > most) most = *known;
  }
  return most;
}

Status require_domain(const OidcConfig& config, const std::string& email, bool is_verified) {
  if (config.domains.empty()) return Done{};
  const std::string domain = email.substr(email.find('@') + 1);
  if (is_verified && std::ranges::find(config.domains, domain) != config.domains.end()) {
    return Done{};
  }
  return nobody_here("email: not a verified one of this installation's domains.");
}

struct OidcUser {
  int64_t user_id;
  Role role;
};

Result<OidcUser> linked(AuditedChange& change, const OidcConfig& config, const OidcPerson& person,
                        const OidcUser& user) {
  const PgRows made = TRY(
      change.run(sql::oidc_link, config.account_id, user.user_id, config.issuer, person.subject));
  if (made.size() == 0)
    return nobody_here("sub: this e-mail belongs to another of the provider's.");
  Caller self;
  self.account_id = config.account_id;
  self.user_id = user.user_id;
  self.email = lower_case(person.email);
  TRY(change.record({.account_id = config.account_id,
                     .action = "user.provider_linked",
                     .subject = "user " + std::to_string(user.user_id),
                     .by = &self}));
  return user;
}

// As much of a name as we keep, whole characters of UTF-8.
std::string shown_name(std::string name) {
  if (name.size() <= kNameBytesMax) return name;
  name.resize(kNameBytesMax);
  while (!name.empty() && (static_cast<unsigned char>(name.back()) & 0xc0) == 0x80) name.pop_back();
  if (!name.empty() && static_cast<unsigned char>(name.back()) >= 0xc0) name.pop_back();
  return name;
}

Result<OidcUser> new_one(AuditedChange& change, const OidcConfig& config, const OidcPerson& person,
                         Role granted) {
  if (config.create == 0) return nobody_here("email: nobody here has it. Ask for an invitation.");
  const std::string email = TRY(parse_email(person.email));
  const NewUser wanted{email, shown_name(person.name), std::min(granted, Role::kOwner), {}, {}};
  const std::string no_password;
  auto id = make_user(change, wanted, {config.account_id, no_password});
  // Whoever has this e-mail in another account is nobody's business.
  if (!id && id.error().code == ErrorCode::kAlreadyExists) {
    return nobody_here("email: it does not log in this way.");
  }
  return linked(change, config, person, {TRY(std::move(id)), wanted.role});
}

// By the provider's name for them, else by an e-mail that it has verified, else made.
Result<OidcUser> user_for(AuditedChange& change, const OidcConfig& config,
                          const OidcPerson& person) {
  const std::string email = lower_case(person.email);
  TRY(require_domain(config, email, person.email_verified));
  const std::optional<Role> granted = granted_role(config, person);
  if (granted == Role::kNone) return nobody_here("The provider gives you no role here.");
  const PgRows known =
      TRY(change.run(sql::oidc_user_by_subject, config.account_id, config.issuer, person.subject));
  OidcUser user{0, Role::kNone};
  if (known.size() > 0) {
    user = {known.i64(0, sql::oidc_user_by_subject.user_id),
            Role(known.i16(0, sql::oidc_user_by_subject.role))};
  } else if (email.empty() || !person.email_verified) {
    return nobody_here("email: the provider has verified none.");
  } else {
    const PgRows same =
        TRY(change.run(sql::oidc_user_by_email, config.account_id, email, config.issuer));
    if (same.size() == 0) {
      user = TRY(new_one(change, config, person, granted.value_or(Role::kViewer)));
    } else if (!same.boolean(0, sql::oidc_user_by_email.is_active) ||
               same.boolean(0, sql::oidc_user_by_email.is_linked)) {
      return nobody_here("email: it does not log in this way.");
    } else {
      user = TRY(linked(change, config, person,
                        {same.i64(0, sql::oidc_user_by_email.user_id),
                         Role(same.i16(0, sql::oidc_user_by_email.role))}));
    }
  }
  if (granted && user.role > *granted) {
    return nobody_here("Your role here is more than the provider gives you: log in otherwise.");
  }
  return user;
}

}  // namespace

Result<Response> login_oidc_offer(Context& context) {
  const OidcConfig& config = context.services.config.oidc;
  JsonWriter json;
  json.begin_object().member("available", !config.issuer.empty());
  json.member("name", std::string_view(config.name)).end_object();
  return Response::json(json.take());
}

Result<Response> login_oidc_start(Context& context) {
  const SessionConfig& sessions = context.services.config.sessions;
  TRY(require_provider(context));
  TRY(require_own_page(context.request, sessions.origins));
  TRY(require_no_form(context.request));
  TRY(count_passkey_ask(context));
  const OidcAddresses addresses = TRY(provider_addresses(context));
  const std::string state = to_base64url(random_bytes(kSecretBytes));
  const std::string browser = to_hex(random_bytes(kSecretBytes));
  const int32_t lives_s = context.services.config.oidc.login_s;
  (void)TRY(
      context.services.pg.query(sql::oidc_login_make, sha256(state), sha256(browser), lives_s));
  const std::string url = address_to_go(context, addresses, browser, state);
  JsonWriter json;
  json.begin_object().member("url", std::string_view(url)).end_object();
  Response response = Response::json(json.take());
  response.headers.emplace_back(
      "Set-Cookie", kept_cookie(kBrowserCookie, browser, lives_s, context.request, sessions));
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

Result<Response> login_oidc(Context& context) {
  TRY(require_provider(context));
  const Return back = TRY(parse_return(context));
  const OidcConfig& config = context.services.config.oidc;
  const OidcPerson person = TRY(person_of_provider(context, back));
  AuditedChange change = TRY(AuditedChange::begin(context));
  const OidcUser user = TRY(user_for(change, config, person));
  TRY(change.commit(AuditedChange::Effect::kNone));
  const SecondFactor factor = TRY(second_factor_of(context, config.account_id, user.user_id));
  if (factor.in_force() || factor.required(context.services.config.sessions)) {
    return ask_for_second_factor(context, factor);
  }
  const LoginAttempt tried = TRY(count_attempt(context, factor.email, Guess::kCode));
  AuditedChange opening_change = TRY(AuditedChange::begin(context));
  Opening opening{.account_id = config.account_id, .user_id = user.user_id, .tried = tried};
  opening.by_provider = true;
  Result<Response> answer = open_session(context, opening_change, opening);
  if (answer) TRY(forgive_attempt(context, tried));
  return answer;
}

}  // namespace dundun
