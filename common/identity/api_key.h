// The form of an API key: a prefix that says what it is, and random characters.
#pragma once

#include <string>
#include <string_view>

#include "common/sms/environment.h"

namespace dundun {

// esms_live_ or esms_test_, 26 random letters and digits (154 bits), and 6 of their CRC-32. By the
// CRC a program can tell a real key from a typo, or find one in source code, without asking the
// server.
std::string new_api_key(Environment environment);

// Whether the last 6 characters of a key are the CRC of those before them.
bool has_key_checksum(std::string_view key);

// The part that may be shown: "esms_live_****ab12".
std::string masked_key(std::string_view key);

}  // namespace dundun
