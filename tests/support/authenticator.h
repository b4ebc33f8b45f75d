// An authenticator's app: oathtool, which knows nothing of ours.
#pragma once

#include <cstdint>
#include <string>

namespace dundun {

// The code that the app shows so many seconds from now. The secret in base32.
std::string authenticator_code(const std::string& secret, int64_t from_now_s = 0);

}  // namespace dundun
