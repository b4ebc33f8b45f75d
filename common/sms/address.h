// Who sent a text, or to whom it was sent, as carriers write it.
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"

namespace dundun {

// An address as carriers write them: "254712345678", "+254 712 345 678", "20880", "MPESA".
struct Address {
  std::string text;     // E.164 where it is a number of a numbering plan; else as it came
  std::string country;  // of that number; empty otherwise
  bool is_number() const { return !country.empty(); }
};
// kInvalidRequest naming the field for what is no address.
Result<Address> parse_address(std::string_view field, const std::string& text);

}  // namespace dundun
