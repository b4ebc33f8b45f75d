// OpenSSL: digests, random bytes, constant-time compare.
#pragma once

#include <string>
#include <string_view>

namespace dundun {

std::string sha256(std::string_view bytes);                             // 32 raw bytes
std::string hmac_sha256(std::string_view key, std::string_view bytes);  // 32 raw bytes
std::string to_hex(std::string_view bytes);                             // lower case
std::string random_bytes(size_t count);  // from the system's CSPRNG; ends the process if none
bool equal_constant_time(std::string_view a, std::string_view b);

}  // namespace dundun
