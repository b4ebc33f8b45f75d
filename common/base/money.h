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

// The digits behind the point that a currency has (ISO 4217): 0 for UGX, 3 for TND, mostly 2.
int currency_digits(std::string_view currency);

// An exact decimal. Zeros at the end are dropped, but `decimals_min` decimals stay:
// 1202200 -> "1.2022", 35000000 with 2 -> "35.00".
std::string format_micros(Micros amount, int decimals_min);

// Reads "12", "-0.5", "3.141592": at most 6 decimals. kInvalidRequest for anything else, and for a
// number that is too large.
Result<Micros> parse_micros(std::string_view text);

// Reads a JSON number exactly: zeros at the end do not count as decimals, and there may be an
// exponent: "12.5000000", "1.25e1", "-0". kInvalidRequest if it is not a number, has more than 6
// decimals, or is too large.
Result<Micros> parse_micros_number(std::string_view number);

// Converts an amount to another currency through USD, rounded half up once at 4 decimals. A
// positive amount becomes at least 0.0001. `amount` must not be negative. kInvalidRequest on
// overflow.
Result<Micros> convert(Micros amount, FxRate from, FxRate to);

}  // namespace dundun
