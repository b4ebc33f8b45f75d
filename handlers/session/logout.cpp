// POST /auth/logout: ends this session, here and in every open socket.
#include "common/base/config.h"
#include "common/identity/control.h"
#include "common/io/crypto.h"
#include "common/io/pg.h"
#include "handlers/session/cookie.h"
#include "handlers/session/endpoints.h"
#include "sql/sessions.h"

namespace dundun {

Result<Response> logout(Context& context) {
  const Caller& caller = context.caller;
  const PgRows revoked = TRY(context.services.pg.query(sql::session_revoke, caller.account_id,
                                                       caller.user_id, caller.session_id));
  if (revoked.size() > 0) context.services.control.sessions_ended();
  Response response = Response::json(R"({"status":"logged_out"})");
  response.headers.emplace_back(
      "Set-Cookie", session_cookie("", context.request, context.services.config.sessions));
  return response;
}

}  // namespace dundun
