#include "handlers/verify/code.h"

#include "common/io/crypto.h"

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
  for (const char c : typed) {
    if (c != ' ' && c != '-') code += c;
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
