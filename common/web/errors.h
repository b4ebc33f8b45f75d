// The answer to a request that failed: {detail, error: {code, message, request_id}}, or {error} in
// the second dialect.
#pragma once

#include "common/base/error.h"
#include "common/web/request.h"

namespace dundun {

// Whether the second dialect's rules hold there ({"error": "…"}): one text for an error.
bool is_gravity_path(const Request& request);

// A body with both `detail` (text, object or list, as each case documents) and
// `error {code, message, request_id}`, or Gravity's `{"error": "<text>"}`; Retry-After where the
// error has one.
Response error_response(const Error& error, const Request& request);

}  // namespace dundun
