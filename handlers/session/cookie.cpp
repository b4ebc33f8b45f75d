#include "handlers/session/cookie.h"

#include "common/base/cookie.h"
#include "common/identity/sessions.h"

namespace dundun {

std::string session_cookie(const std::string& token, const Request& request,
                           const SessionConfig& config) {
  std::string cookie(kSessionCookie);
  cookie += "=" + token + "; Path=/; HttpOnly; SameSite=Lax; Max-Age=";
  cookie += token.empty() ? "0" : std::to_string(config.absolute_s);
  if (request.over_tls || config.cookie_secure != 0) cookie += "; Secure";
  return cookie;
}

}  // namespace dundun
