// Compares the ids that carriers give to messages. Some SMSCs write an id in hexadecimal in the
// answer to the submit and in decimal in the receipt, or the other way round, with leading zeros.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dundun {

// The id in lower case, without blanks around it and without leading zeros.
std::string normalize_carrier_id(std::string_view id);

// The id itself first, then the forms that it may have in the other notation.
std::vector<std::string> carrier_id_forms(std::string_view normalized);

}  // namespace dundun
