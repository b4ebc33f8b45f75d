// The audit log as JSON, for an account and for the platform.
#pragma once

#include "common/web/endpoint.h"

namespace dundun {

// {"entries": […], "limit"}: a page of the account's log, newest first, by `after` and `limit`.
Result<Response> audit_log_page(Context& context, int64_t account_id);

}  // namespace dundun
