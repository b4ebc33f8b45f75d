#include "handlers/verify/code.h"

#include <optional>

#include "common/io/crypto.h"
#include "common/sms/characters.h"
#include "common/sms/encoding.h"

namespace dundun {

std::string new_code(int digits) {
  constexpr unsigned kFair = 250;  // the largest multiple of 10 in a byte
  std::string code;
  while (code.size() < static_cast<size_t>(digits)) {
    for (const char byte : random_bytes(static_cast<size_t>(digits))) {
      const unsigned value = static_cast<unsigned char>(byte);
      if (value < kFair && code.size() < static_cast<size_t>(digits)) {
        code += static_cast<char>('0' + value % 10);
      }
    }
  }
  return code;
}

std::string code_hash(std::string_view secret, std::string_view salt, std::string_view code) {
  return hmac_sha256(secret, std::string(salt) + std::string(code));
}

bool code_matches(std::string_view secret, std::string_view salt, std::string_view code,
                  std::string_view hash) {
  return equal_constant_time(code_hash(secret, salt, code), hash);
}

std::string plain_code(std::string_view typed) {
  std::string code;
  bool behind_letters = false;  // and no dash or the like has come yet
  for (size_t at = 0; at < typed.size();) {
    const std::optional<char32_t> c = next_code_point(typed, at);
    if (!c) return {};
    const std::optional<int> digit = digit_value(*c);
    const bool mark = is_dash(*c) || is_space(*c) || *c == U':' || *c == U'.' || *c == U'#';
    if (digit && behind_letters) return {};
    if (digit) {
      code += static_cast<char>('0' + *digit);
    } else if (mark) {
      behind_letters = false;
    } else if (!is_invisible(*c)) {
      if (!code.empty()) return {};
      behind_letters = true;
    }
  }
  return code;
}

std::string hide_code(std::string_view text, std::string_view code) {
  std::string hidden(text);
  const std::string stars(code.size(), '*');
  for (size_t at = 0; (at = hidden.find(code, at)) != std::string::npos; at += code.size()) {
    hidden.replace(at, code.size(), stars);
  }
  return hidden;
}

}  // namespace dundun
