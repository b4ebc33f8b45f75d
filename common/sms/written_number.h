// Phone numbers as people, their files and carriers write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dundun {

// Why a text is no number. The numbering plans (msisdn.h) say those after kNoCountryCode.
enum class NumberFault : uint8_t {
  kNotANumber,     // letters, other signs, or nothing at all
  kSpreadsheet,    // 2.54712E+11 has lost digits; 254712345678.0 has one too many
  kNoCountryCode,  // a national form, or a code that no country has
  kTooShort,
  kTooLong,
  kWrongLength,
  kNotInPlan,
  kNoCountry,  // of no country, such as +800: nothing can be sent to it
};
std::string_view number_fault_name(NumberFault fault);  // not_a_number, spreadsheet_number …

struct WrittenNumber {
  std::optional<NumberFault> fault;  // then there is nothing else
  std::string digits;                // ASCII, without plus and 00
  bool international = false;        // a plus or 00 stood before them
  std::optional<size_t> trunk_zero;  // where in `digits` the zero of a "(0)" stands
};

// Digits of any script, a plus or 00 before them, tel: before that, and what people and programs
// put around them: spaces, dashes, dots, brackets, slashes, invisible characters, a quote before it
// or around it, ="…". Letters never.
WrittenNumber read_number(std::string_view written);

}  // namespace dundun
