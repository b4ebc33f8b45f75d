#include "common/identity/api_key.h"

#include <cstdint>

#include "common/io/crypto.h"

namespace dundun {
namespace {

constexpr std::string_view kDigits = "0123456789abcdefghijklmnopqrstuvwxyz";
// Of keys that were made before.
constexpr std::string_view kEarlierDigits =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr size_t kPrefixBytes = 10;  // esms_live_
constexpr size_t kRandomDigits = 26;
constexpr size_t kChecksumDigits = 6;

// ISO 3309, as in gzip and PNG.
uint32_t crc32(std::string_view bytes) {
  uint32_t crc = 0xffffffff;
  for (char c : bytes) {
    crc ^= static_cast<uint8_t>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (crc & 1 ? 0xedb88320u : 0u);
  }
  return ~crc;
}

std::string checksum(std::string_view text, std::string_view digits) {
  uint32_t rest = crc32(text);
  std::string sum(kChecksumDigits, '0');
  for (size_t i = kChecksumDigits; i-- > 0;) {
    sum[i] = digits[rest % digits.size()];
    rest /= static_cast<uint32_t>(digits.size());
  }
  return sum;
}

std::string random_digits(size_t count) {
  std::string digits;
  while (digits.size() < count) {
    for (char byte : random_bytes(count)) {
      const auto value = static_cast<uint8_t>(byte);
      // The last values would favour the first digits.
      if (value < 7 * kDigits.size() && digits.size() < count) {
        digits += kDigits[value % kDigits.size()];
      }
    }
  }
  return digits;
}

}  // namespace

std::string new_api_key(Environment environment) {
  std::string key = environment == Environment::kLive ? "esms_live_" : "esms_test_";
  key += random_digits(kRandomDigits);
  return key + checksum(key, kDigits);
}

bool has_key_checksum(std::string_view key) {
  if (key.size() != kPrefixBytes + kRandomDigits + kChecksumDigits) return false;
  const std::string_view text = key.substr(0, key.size() - kChecksumDigits);
  const std::string_view sum = key.substr(text.size());
  return sum == checksum(text, kDigits) || sum == checksum(text, kEarlierDigits);
}

std::string masked_key(std::string_view key) {
  return std::string(key.substr(0, kPrefixBytes)) + "****" +
         std::string(key.substr(key.size() - 4));
}

}  // namespace dundun
