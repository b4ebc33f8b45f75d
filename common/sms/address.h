// The sender or the recipient of a text, as carriers write it.
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"

namespace dundun {

// Examples: "254712345678", "+254 712 345 678", "20880", "MPESA".
struct Address {
  std::string text;     // E.164 if it is a number of a numbering plan; otherwise as it came
  std::string country;  // of that number; empty otherwise
  bool is_number() const { return !country.empty(); }
};
// `country`: whose national forms are understood, or empty. kInvalidRequest, which names the field,
// if the text is not an address.
Result<Address> parse_address(std::string_view field, const std::string& text,
                              std::string_view country = {});

}  // namespace dundun
