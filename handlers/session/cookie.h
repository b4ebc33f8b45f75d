// The cookie that holds a session's token.
#pragma once

#include <string>

#include "common/base/config.h"
#include "common/web/request.h"

namespace dundun {

// A Set-Cookie value; an empty token takes the cookie away.
std::string session_cookie(const std::string& token, const Request& request,
                           const SessionConfig& config);

}  // namespace dundun
