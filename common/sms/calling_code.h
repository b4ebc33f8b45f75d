// Defined in msisdn.cpp, which has the library of numbering plans.
#pragma once

#include <string>

namespace dundun {

// The country code of a country's numbers: "254" of KE; "" for a country that is not known.
std::string calling_code(const std::string& country);

}  // namespace dundun
