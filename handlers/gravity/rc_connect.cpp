// GET and POST /v1/rc/connect: a link's page, which uses nothing up, because mail programs open
// links by themselves; and its button, which uses the link up and leads to RingCentral.
#include "common/base/config.h"
#include "common/io/crypto.h"
#include "common/io/pg.h"
#include "common/web/router.h"
#include "handlers/gravity/endpoints.h"
#include "handlers/gravity/rc_cookie.h"
#include "handlers/gravity/rc_page.h"
#include "handlers/gravity/rc_setup.h"
#include "sql/ringcentral.h"

namespace dundun {
namespace {

constexpr size_t kSecretBytes = 32;

Error bad_connect(const char* text) { return fail(ErrorCode::kInvalidRequest, text); }
Error invalid_token() { return bad_connect("Invalid or expired token"); }

Result<Response> consent(Context& context) {
  const std::string token(context.request.query_value("token").value_or(""));
  if (token.empty()) return bad_connect("Missing token");
  const PgRows rows = TRY(context.services.pg.query(sql::rc_link_open, sha256(token)));
  if (rows.size() == 0) return invalid_token();
  const RingCentralApi api = TRY(ringcentral_api(context));
  return rc_consent_page(context.request, rows.text(0, sql::rc_link_open.name), token,
                         api.settings().server_url);
}

Result<std::string> posted_token(const Request& request) {
  std::vector<std::pair<std::string, std::string>> fields;
  TRY(parse_query(request.body, fields));
  for (auto& [name, value] : fields) {
    if (name == "token" && !value.empty()) return std::move(value);
  }
  return bad_connect("Missing token");
}

// RFC 7636: the challenge is the digest in base64url without padding.
std::string pkce_challenge(std::string_view verifier) {
  std::string text = to_base64(sha256(verifier));
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  text.resize(text.find('='));
  return text;
}

// What the callback needs is written before the browser leaves.
Result<Response> leave(Context& context) {
  constexpr auto& col = sql::rc_link_use;
  const std::string token = TRY(posted_token(context.request));
  const RingCentralApi api = TRY(ringcentral_api(context));
  const PgRows used = TRY(context.services.pg.query(sql::rc_link_use, sha256(token)));
  if (used.size() == 0) return invalid_token();
  const int64_t account = used.i64(0, col.account_id);
  const std::string state = to_hex(random_bytes(kSecretBytes));
  const std::string browser = to_hex(random_bytes(kSecretBytes));
  const std::string verifier = to_hex(random_bytes(kSecretBytes));
  (void)TRY(context.services.pg.query(
      sql::rc_authorization_make, account, sha256(state), used.i64(0, col.key_id),
      used.i64(0, col.user_id), api.settings().carrier, sha256(browser),
      seal_rc_secret(context.services.config, account, verifier), kRcAuthorizationSeconds));
  Response response =
      rc_redirect(context.request, api.authorize_url(state, pkce_challenge(verifier)));
  response.headers.emplace_back("Set-Cookie", rc_cookie(browser, api.settings()));
  return response;
}

Result<Response> or_page(const Request& request, Result<Response> outcome) {
  if (outcome) return outcome;
  return rc_refusal(request, std::move(outcome).error());
}

}  // namespace

Result<Response> rc_connect_page(Context& context) {
  return or_page(context.request, consent(context));
}

Result<Response> rc_connect_start(Context& context) {
  return or_page(context.request, leave(context));
}

}  // namespace dundun
