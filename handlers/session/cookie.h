// Cookies: a session's token, and the marks of browsers.
#pragma once

#include <string>
#include <string_view>

#include "common/base/config.h"
#include "common/web/request.h"

namespace dundun {

// A Set-Cookie value that the browser keeps for so long, and no script reads.
std::string kept_cookie(std::string_view name, const std::string& value, int seconds,
                        const Request& request, const SessionConfig& config);

// The session's; an empty token takes the cookie away.
std::string session_cookie(const std::string& token, const Request& request,
                           const SessionConfig& config);

}  // namespace dundun
