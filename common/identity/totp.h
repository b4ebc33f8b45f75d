// One-time codes of authenticator apps: RFC 6238 over RFC 4226, with what all apps know:
// HMAC-SHA-1, 6 digits, a new code every 30 seconds. Pure. Beside them codes on paper, for a lost
// phone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/time.h"

namespace dundun {

inline constexpr size_t kTotpSecretBytes = 20;  // RFC 4226 section 4, R6

// The six digits of a step; the secret in raw bytes.
std::string totp_code(std::string_view secret, int64_t step);
// The number of 30-second steps since 1970.
int64_t totp_step(Instant at);
// The step whose code this is: the one at this time, the one before or the one after, since clocks
// differ and people type slowly. nullopt: none of them. Spaces in the code do not count.
std::optional<int64_t> matching_step(std::string_view secret, std::string_view code, Instant at);

// RFC 4648 section 6, without padding: as apps take secrets that are typed.
std::string to_base32(std::string_view bytes);

// otpauth://totp/…, the text of the QR code that apps read.
struct TotpAccount {
  std::string_view issuer;
  std::string_view email;
};
std::string totp_uri(std::string_view secret, const TotpAccount& account);

// Codes that open once each: 80 random bits, "abcd-efgh-ijkl-mnop".
inline constexpr size_t kRecoveryCodes = 10;
std::vector<std::string> new_recovery_codes();
// What is kept of one: SHA-256, bound to its user. nullopt: it cannot be one. Capitals, spaces and
// dashes do not count.
std::optional<std::string> recovery_hash(std::string_view code, int64_t user_id);

}  // namespace dundun
