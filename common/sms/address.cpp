#include "common/sms/address.h"

#include <algorithm>

#include "common/sms/msisdn.h"

namespace dundun {
namespace {

// Digits without the marks that people and carriers put around them; empty: not a number.
std::string digits_of(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      digits += c;
    } else if (c != '+' && c != ' ' && c != '-' && c != '(' && c != ')') {
      return {};
    }
  }
  // 00 stands for the +; a number has one of the two.
  if (digits.starts_with("00") && text.find('+') == text.npos) digits.erase(0, 2);
  return digits;
}

}  // namespace

Result<Address> parse_address(std::string_view field, const std::string& text) {
  const std::string digits = digits_of(text);
  // A name, such as carriers give their own messages. Nothing can be sent to one.
  if (digits.empty()) {
    const bool has_letter = std::ranges::any_of(
        text, [](unsigned char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
    if (has_letter) return Address{text, {}};
    return fail(ErrorCode::kInvalidRequest,
                std::string(field) + " is neither a number nor a name.");
  }
  if (auto msisdn = Msisdn::parse("+" + digits)) return Address{msisdn->e164(), msisdn->country()};
  return Address{digits, {}};
}

}  // namespace dundun
