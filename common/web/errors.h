// The answer to a request that failed: {detail, error: {code, message, request_id}}, or {error} in
// the second dialect.
#pragma once

#include "common/base/error.h"
#include "common/identity/authorization.h"
#include "common/web/request.h"

namespace dundun {

// Of the path. The second dialect has errors of its own, {"error": "<text>"}.
Dialect dialect_of(const Request& request);

// `detail` is a text, an object or a list, as the error needs. Sets Retry-After if the error has
// one.
Response error_response(const Error& error, const Request& request);

}  // namespace dundun
