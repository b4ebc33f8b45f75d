// A cookie that ties RingCentral's callback to the browser that pressed the button. Without it an
// attacker could begin a connection, let another person finish it, and read that person's texts.
#pragma once

#include <cstdint>
#include <string>

#include "common/carrier/ringcentral/settings.h"

namespace dundun {

inline constexpr const char* kRcCookie = "dundun_rc";
// How long the way through RingCentral's pages may take.
inline constexpr int32_t kRcAuthorizationSeconds = 600;

inline std::string rc_cookie(const std::string& value, const RingCentralSettings& settings) {
  std::string cookie = kRcCookie;
  cookie += "=" + value + "; Path=/v1/rc; HttpOnly; SameSite=Lax; Max-Age=";
  cookie += std::to_string(value.empty() ? 0 : kRcAuthorizationSeconds);
  if (settings.public_url.starts_with("https://")) cookie += "; Secure";
  return cookie;
}

}  // namespace dundun
