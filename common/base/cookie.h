// Cookies that a browser sends.
#pragma once

#include <string_view>

namespace dundun {

inline constexpr std::string_view kSessionCookie = "esms_access_token";

// The value of the first cookie with this name in a Cookie header (RFC 6265 section 4.2), without
// its quotes; empty if there is none.
std::string_view cookie_value(std::string_view header, std::string_view name);

}  // namespace dundun
