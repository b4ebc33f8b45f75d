// GET /v1/rc/callback?code&state[&format=json]: RingCentral sends the browser back.
#include "common/base/config.h"
#include "common/base/cookie.h"
#include "common/io/crypto.h"
#include "common/io/pg.h"
#include "common/sending/snapshot.h"
#include "common/web/csrf.h"
#include "handlers/gravity/endpoints.h"
#include "handlers/gravity/rc_cookie.h"
#include "handlers/gravity/rc_page.h"
#include "handlers/gravity/rc_setup.h"
#include "sql/ringcentral.h"

namespace dundun {
namespace {

Error bad_callback(const char* text) { return fail(ErrorCode::kInvalidRequest, text); }

// Who made the link is who connects, for the audit log.
struct Begun {
  Caller caller;
  std::string carrier;
  std::string verifier;
};

Result<Begun> take_state(Context& context, std::string_view state) {
  constexpr auto& col = sql::rc_authorization_take;
  const std::string_view browser = cookie_value(context.request.cookie, kRcCookie);
  const PgRows rows =
      TRY(context.services.pg.query(sql::rc_authorization_take, sha256(state), sha256(browser)));
  if (rows.size() == 0) return bad_callback("Invalid or expired state");
  Begun begun;
  begun.caller.account_id = rows.i64(0, col.account_id);
  begun.caller.key_id = rows.i64(0, col.key_id);
  begun.caller.user_id = rows.i64(0, col.user_id);
  begun.carrier = rows.text(0, col.carrier);
  begun.verifier = TRY(
      open_rc_secret(context.services.config, begun.caller.account_id, rows.text(0, col.verifier)));
  return begun;
}

Result<RcGrant> grant_of(const RingCentralApi& api, std::string_view code,
                         std::string_view verifier) {
  auto tokens = api.tokens_of_code(code, verifier);
  if (!tokens && (tokens.error().code == ErrorCode::kExpiredToken ||
                  tokens.error().code == ErrorCode::kInvalidRequest)) {
    return fail(ErrorCode::kInvalidRequest, "RingCentral refused the authorization",
                tokens.error().detail);
  }
  if (!tokens) return std::move(tokens).error();
  if (tokens->refresh_token.empty()) return bad_callback("RingCentral gave no refresh token");
  const std::string credential = tokens->refresh_token;
  return RcGrant{*std::move(tokens), RcCredential::kRefreshToken, credential};
}

Result<Response> take(Context& context) {
  const Request& request = context.request;
  const std::string_view code = request.query_value("code").value_or("");
  const std::string_view state = request.query_value("state").value_or("");
  if (state.empty() || (code.empty() && !request.query_value("error"))) {
    return bad_callback("Missing code or state parameter");
  }
  const Begun begun = TRY(take_state(context, state));
  if (code.empty()) return bad_callback("RingCentral was not authorized");
  const RingCentralApi api = TRY(ringcentral_api(context, begun.carrier));
  const RcGrant grant = TRY(grant_of(api, code, begun.verifier));
  Context as_maker{request, begun.caller, context.snapshot, context.services};
  TRY(connect_rc_user(as_maker, api, begun.caller.account_id, grant));
  Response response = request.query_value("format") == "json" ? Response::json(R"({"ok":true})")
                                                              : rc_connected_page(request);
  response.headers.emplace_back("Set-Cookie", rc_cookie("", api.settings()));
  return response;
}

}  // namespace

Result<Response> rc_callback(Context& context) {
  Result<Response> outcome = take(context);
  if (outcome) return outcome;
  Error error = std::move(outcome).error();
  return rc_refusal(context.request, std::move(error));
}

}  // namespace dundun
