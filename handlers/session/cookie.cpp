#include "handlers/session/cookie.h"

#include "common/base/cookie.h"
#include "common/identity/sessions.h"

namespace dundun {

std::string kept_cookie(std::string_view name, const std::string& value, int seconds,
                        const Request& request, const SessionConfig& config) {
  std::string cookie(name);
  cookie += "=" + value + "; Path=/; HttpOnly; SameSite=Lax; Max-Age=" + std::to_string(seconds);
  if (request.over_tls || config.cookie_secure != 0) cookie += "; Secure";
  return cookie;
}

std::string session_cookie(const std::string& token, const Request& request,
                           const SessionConfig& config) {
  return kept_cookie(kSessionCookie, token, token.empty() ? 0 : config.absolute_s, request, config);
}

}  // namespace dundun
