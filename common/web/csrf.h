// Requests that a browser makes for a page of somebody else: they bear our cookie, but not these
// marks.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/web/request.h"

namespace dundun {

// What the header X-CSRF-Token of this session's unsafe requests must hold: derived from the
// session's token, which no page can read; login and `me` tell it.
std::string csrf_token(std::string_view session_token);

// The browser says that the request comes from our own pages, or from one of `origins`; what sends
// neither Sec-Fetch-Site nor Origin is no page. kCrossSite otherwise.
Status require_own_page(const Request& request, std::span<const std::string> origins);

// A body that no form can send: JSON, or a multipart upload. kUnsupportedType.
Status require_no_form(const Request& request);

// For GET and HEAD nothing; for all else require_own_page(), the token, and
// require_no_form().
Status require_no_forgery(const Request& request, std::string_view session_token,
                          std::span<const std::string> origins);

}  // namespace dundun
