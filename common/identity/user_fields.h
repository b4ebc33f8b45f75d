// A user's e-mail and password, checked.
#pragma once

#include <string>
#include <string_view>

#include "common/base/config.h"
#include "common/base/result.h"

namespace dundun {

// In lower case. kValidation unless it is name@host of printable ASCII, at most 254 bytes (RFC
// 5321).
Result<std::string> parse_email(std::string_view text);

// ASCII lower case, as users are looked up.
std::string lower_case(std::string_view text);

// Checks a password before it is set. kValidation names `field` if it is shorter than the setting,
// longer than 1024 bytes, or among the first that somebody guesses (common/identity/guessing.h).
struct NewPassword {
  const char* field;
  std::string_view text;
  std::string_view email;
};
Status check_new_password(const NewPassword& password, const SessionConfig& config);

}  // namespace dundun
