#include "common/identity/totp.h"

#include <algorithm>
#include <array>

#include "common/base/percent.h"
#include "common/base/text.h"
#include "common/io/crypto.h"

namespace dundun {
namespace {

constexpr int64_t kStepMicros = 30'000'000;
constexpr size_t kCodeDigits = 6;
constexpr uint32_t kCodesBelow = 1'000'000;
constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr size_t kRecoveryBytes = 10;
constexpr size_t kRecoveryGroup = 4;  // letters between two dashes

std::string big_endian(uint64_t number) {
  std::string bytes(sizeof number, '\0');
  for (size_t i = bytes.size(); i-- > 0; number >>= 8) bytes[i] = static_cast<char>(number & 0xff);
  return bytes;
}

// RFC 4226 section 5.3: four bytes from where the last one points, without their sign.
uint32_t truncated(std::string_view digest) {
  const size_t at = static_cast<unsigned char>(digest.back()) & 0xf;
  uint32_t number = 0;
  for (size_t i = at; i < at + 4; ++i) number = number << 8 | static_cast<unsigned char>(digest[i]);
  return number & 0x7fffffff;
}

}  // namespace

int64_t totp_step(Instant at) { return unix_micros(at) / kStepMicros; }

std::string totp_code(std::string_view secret, int64_t step) {
  const std::string digest = hmac_sha1(secret, big_endian(static_cast<uint64_t>(step)));
  const std::string digits = std::to_string(truncated(digest) % kCodesBelow);
  return std::string(kCodeDigits - digits.size(), '0') + digits;
}

std::optional<int64_t> matching_step(std::string_view secret, std::string_view code, Instant at) {
  std::string digits(code);
  std::erase(digits, ' ');
  const int64_t here = totp_step(at);
  std::optional<int64_t> found;
  for (const int64_t step : {here - 1, here, here + 1}) {
    if (equal_constant_time(totp_code(secret, step), digits)) found = step;
  }
  return found;
}

std::string to_base32(std::string_view bytes) {
  std::string text;
  uint32_t bits = 0;
  int left = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (left += 8; left >= 5; left -= 5) text += kBase32[bits >> (left - 5) & 31];
  }
  if (left > 0) text += kBase32[bits << (5 - left) & 31];
  return text;
}

std::string totp_uri(std::string_view secret, const TotpAccount& account) {
  const std::string issuer = percent_encode(account.issuer);
  return "otpauth://totp/" + issuer + ":" + percent_encode(account.email) +
         "?secret=" + to_base32(secret) + "&issuer=" + issuer +
         "&algorithm=SHA1&digits=6&period=30";
}

std::vector<std::string> new_recovery_codes() {
  std::vector<std::string> codes;
  for (size_t i = 0; i < kRecoveryCodes; ++i) {
    std::string code;
    for (const char c : to_base32(random_bytes(kRecoveryBytes))) {
      if (code.size() % (kRecoveryGroup + 1) == kRecoveryGroup) code += '-';
      code += lower_ascii(c);
    }
    codes.push_back(std::move(code));
  }
  return codes;
}

std::optional<std::string> recovery_hash(std::string_view code, int64_t user_id) {
  constexpr size_t kLetters = kRecoveryBytes * 8 / 5;
  std::string letters;
  for (const char c : code) {
    if (c == '-' || c == ' ') continue;
    letters += lower_ascii(c);
  }
  if (letters.size() != kLetters) return std::nullopt;
  return sha256("recovery " + std::to_string(user_id) + " " + letters);
}

}  // namespace dundun
