// Money as integers of one millionth of the currency unit. Never a float.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace dundun {

using Micros = int64_t;

// Micros of a currency for one USD: 3,726,000,000 for UGX 3726.
using FxRate = int64_t;

// Exact decimal; zeros at the end are cut down to `decimals_min`: 1202200 -> "1.2022",
// 35000000 with 2 -> "35.00".
std::string format_micros(Micros amount, int decimals_min);

// "12", "-0.5", "3.141592"; at most 6 decimals. kInvalidRequest for anything else or too large.
Result<Micros> parse_micros(std::string_view text);

// The same of a JSON number: trailing zeros are no decimals, and there may be an exponent:
// "12.5000000", "1.25e1", "-0". Exact; kInvalidRequest for what is no number, has more than 6
// decimals, or is too large.
Result<Micros> parse_micros_number(std::string_view number);

// The amount in another currency through USD, rounded half up once at 4 decimals; a positive
// amount becomes at least 0.0001. Amounts are not negative. kInvalidRequest when it overflows.
Result<Micros> convert(Micros amount, FxRate from, FxRate to);

}  // namespace dundun
