// Whether a caller may use an endpoint. Pure.
#pragma once

#include "common/base/error.h"
#include "common/web/endpoint.h"

namespace dundun {

// False for endpoints that need no key and no session.
bool needs_caller(Access access);

bool has_right(const Caller& caller, Access access);

// kInsufficientScope, with what the caller lacks.
Error no_right(const Caller& caller, Access access);

}  // namespace dundun
