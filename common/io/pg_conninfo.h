// The form of DATABASE_URL and DATABASE_URL_READ, without a server.
#pragma once

#include <string>

#include "common/base/result.h"

namespace dundun {

// kInvalidRequest says what libpq cannot read in a conninfo or URI, and never the password.
Status check_conninfo(const char* setting, const std::string& url);

}  // namespace dundun
