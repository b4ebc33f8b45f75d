// The form of an API key: a prefix that says what it is, and random characters.
#pragma once

#include <string>
#include <string_view>

#include "common/sms/environment.h"

namespace dundun {

// esms_live_ or esms_test_, 26 random letters and digits (154 bits), and 6 of their CRC-32, so that
// a typo or a string in somebody's source code can be told from a key without asking anybody.
std::string new_api_key(Environment environment);

// Whether the last 6 of a key are the CRC of what stands before them.
bool has_key_checksum(std::string_view key);

// What may be shown of it: "esms_live_****ab12".
std::string masked_key(std::string_view key);

}  // namespace dundun
