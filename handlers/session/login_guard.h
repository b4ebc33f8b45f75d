// What stops those who guess passwords: waits by address and by e-mail, known or not.
#pragma once

#include <string>

#include "common/web/endpoint.h"

namespace dundun {

// Counts an attempt, as failed until forgive_attempt(). kRateLimited with the seconds to wait when
// the address or the e-mail has failed too often: then no password is to be looked at.
Status count_attempt(Context& context, const std::string& email);
Status forgive_attempt(Context& context, const std::string& email);

}  // namespace dundun
