// The answer to a request that failed (api.md decision 11 and section 13).
#pragma once

#include "common/base/error.h"
#include "common/web/request.h"

namespace dundun {

// A body with both `detail` (text, object or list, as each case documents) and
// `error {code, message, request_id}`; Retry-After where the error has one.
Response error_response(const Error& error, const Request& request);

}  // namespace dundun
