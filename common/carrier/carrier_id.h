// The ids that carriers give to messages, as they compare: SMSCs write one id in hexadecimal in the
// answer to the submit and in decimal in the receipt, or the other way round, with zeros before it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dundun {

// Without blanks around it, in lower case, without leading zeros.
std::string normalize_carrier_id(std::string_view id);

// The id itself first, then what it may be in the other notation.
std::vector<std::string> carrier_id_forms(std::string_view normalized);

}  // namespace dundun
