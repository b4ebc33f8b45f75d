// OpenSSL: digests, random bytes, constant-time compare, sealed secrets.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dundun {

std::string sha256(std::string_view bytes);                             // 32 raw bytes
std::string hmac_sha256(std::string_view key, std::string_view bytes);  // 32 raw bytes
// 20 raw bytes; for one-time codes, whose apps know no other (RFC 6238).
std::string hmac_sha1(std::string_view key, std::string_view bytes);
std::string to_hex(std::string_view bytes);     // lower case
std::string to_base64(std::string_view bytes);  // with padding
// Standard alphabet, with padding or without; nullopt for anything else.
std::optional<std::string> from_base64(std::string_view text);
// RFC 4648 section 5, without padding, as WebAuthn and JOSE have it; nullopt for anything else.
std::string to_base64url(std::string_view bytes);
std::optional<std::string> from_base64url(std::string_view text);
std::string random_bytes(size_t count);  // from the system's CSPRNG; without one the process ends
bool equal_constant_time(std::string_view a, std::string_view b);

// Seals a secret that the database keeps and that must be read back: AES-256-GCM under a key of 32
// bytes; nonce and tag are included. `owner` is bound to it, so a sealed secret that is moved to
// another row does not open there.
inline constexpr size_t kSealKeyBytes = 32;
std::string seal(std::string_view key, std::string_view secret, std::string_view owner);
// nullopt: sealed with another key or for another owner, or not made by seal().
std::optional<std::string> unseal(std::string_view key, std::string_view sealed,
                                  std::string_view owner);

}  // namespace dundun
