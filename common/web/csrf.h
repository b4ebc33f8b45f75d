// Protection against requests that a browser makes for a page of another site (CSRF). Such requests
// bear our cookie, but not these marks.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/web/request.h"

namespace dundun {

// The value that X-CSRF-Token must have in this session's unsafe requests. It is derived from the
// session's token, which no page can read. Login and `me` show it to our pages.
std::string csrf_token(std::string_view session_token);

// Passes if the browser says that the request comes from our own pages or from one of `origins`, or
// if there is neither Sec-Fetch-Site nor Origin (then it is not a page). kCrossSite otherwise.
Status require_own_page(const Request& request, std::span<const std::string> origins);

// Passes if the body is JSON or a multipart upload. kUnsupportedType otherwise.
Status require_no_form(const Request& request);

// All checks for a request with a cookie: none for GET and HEAD; for every other method
// require_own_page(), the token, and require_no_form().
Status require_no_forgery(const Request& request, std::string_view session_token,
                          std::span<const std::string> origins);

}  // namespace dundun
