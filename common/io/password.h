// Passwords by Argon2id (libargon2; RFC 9106).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace dundun {

// The defaults are the minimum that OWASP recommends.
struct PasswordCost {
  uint32_t memory_kib = 19'456;
  uint32_t passes = 2;
};

// "$argon2id$v=19$m=…,t=…,p=1$salt$hash" with a new salt. kInternal without memory.
Result<std::string> hash_password(std::string_view password, const PasswordCost& cost);

// Whether the encoded hash was made from this password. Takes the same time either way.
bool is_password(const std::string& encoded, std::string_view password);

// Whether a hash was made at this cost.
bool has_cost(std::string_view encoded, const PasswordCost& cost);

}  // namespace dundun
