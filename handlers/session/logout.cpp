// POST /auth/logout: ends this session, here and in every open socket.
#include "common/base/config.h"
#include "handlers/session/cookie.h"
#include "handlers/session/endpoints.h"
#include "handlers/session/session_end.h"

namespace dundun {

Result<Response> logout(Context& context) {
  Status ended = end_session(context, context.caller.session_id);
  // Somebody else may have ended it meanwhile.
  if (!ended && ended.error().code != ErrorCode::kNotFound) return std::move(ended).error();
  Response response = Response::json(R"({"status":"logged_out"})");
  response.headers.emplace_back(
      "Set-Cookie", session_cookie("", context.request, context.services.config.sessions));
  return response;
}

}  // namespace dundun
