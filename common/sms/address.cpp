#include "common/sms/address.h"

#include <algorithm>

#include "common/sms/msisdn.h"

namespace dundun {
namespace {

// A name, such as carriers give their own messages. Nothing can be sent to one.
bool is_name(std::string_view text) {
  return std::ranges::any_of(
      text, [](unsigned char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
}

}  // namespace

Result<Address> parse_address(std::string_view field, const std::string& text,
                              std::string_view country) {
  const WrittenNumber written = read_number(text);
  if (written.fault || written.digits.empty()) {
    if (is_name(text)) return Address{text, {}};
    return fail(ErrorCode::kInvalidRequest,
                std::string(field) + " is neither a number nor a name.");
  }
  const auto msisdn = country.empty() ? Msisdn::parse(text) : Msisdn::parse_in(country, text);
  if (msisdn) return Address{msisdn->e164(), msisdn->country()};
  return Address{written.digits, {}};
}

}  // namespace dundun
