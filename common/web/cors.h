// Pages of other origins (the Fetch standard's CORS protocol).
#pragma once

#include <span>
#include <string>

#include "common/web/request.h"

namespace dundun {

// Whether a browser asks first, as it does before it sends what a form could not; or the page
// itself.
enum class Asks { kFirst, kItself };

// Tells the browser whether the asking page may read the answer: any page what is public and the
// same for everybody, but without credentials; those of `origins` everything, with them. No other
// origin is ever named. `allowed_methods` is the path's list, and "" if there is no such path: a
// preflight that is allowed becomes a 204.
void add_cors(const Request& request, Asks asks, std::span<const std::string> origins,
              const std::string& allowed_methods, Response& response);

}  // namespace dundun
