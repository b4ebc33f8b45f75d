#include "common/sms/msisdn.h"

#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <optional>
#include <set>

#include "common/base/json_text.h"
#include "common/sms/calling_code.h"
#include "common/sms/numbering_plans.h"

namespace dundun {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

constexpr size_t kDigitsMax = 15;  // ITU-T E.164

const PhoneNumberUtil& util() {
  static const PhoneNumberUtil* const instance = [] {
    settle_numbering_plans();
    return PhoneNumberUtil::GetInstance();
  }();
  return *instance;
}

// Country calling codes are prefix-free: at most one of the first three prefixes is one.
std::optional<size_t> calling_code_length(std::string_view digits) {
  static const std::set<int> codes = [] {
    std::set<int> all;
    util().GetSupportedCallingCodes(&all);
    return all;
  }();
  if (digits.front() == '0') return std::nullopt;  // 027 would be read as 27
  int code = 0;
  for (size_t length = 1; length <= std::min<size_t>(3, digits.size()); ++length) {
    code = code * 10 + (digits[length - 1] - '0');
    if (codes.contains(code)) return length;
  }
  return std::nullopt;
}

// Belarus has numbers with a trunk prefix that are as valid without it, and mean the same.
bool has_two_forms(int country_code) {
  constexpr int kBelarus = 375;
  return country_code == kBelarus;
}

std::optional<PhoneNumber> parsed(std::string_view digits, const char* country) {
  PhoneNumber number;
  const auto error = util().Parse(std::string(digits), country, &number);
  return error == PhoneNumberUtil::NO_PARSING_ERROR ? std::optional(number) : std::nullopt;
}

// The number without PhoneNumberUtil::Parse, but where that finds the one form. For other valid
// numbers the result is the same, and it costs a quarter.
std::optional<PhoneNumber> quick_number(std::string_view digits) {
  const std::optional<size_t> length = calling_code_length(digits);
  if (!length || digits.size() > kDigitsMax) return std::nullopt;
  PhoneNumber number;
  number.set_country_code(std::stoi(std::string(digits.substr(0, *length))));
  if (has_two_forms(number.country_code())) return parsed("+" + std::string(digits), "ZZ");
  const std::string national(digits.substr(*length));
  const size_t zeros = std::min(national.find_first_not_of('0'), national.size());
  if (zeros == national.size()) return std::nullopt;
  if (zeros > 0) {
    number.set_italian_leading_zero(true);
    if (zeros > 1) number.set_number_of_leading_zeros(static_cast<int>(zeros));
  }
  number.set_national_number(std::stoull(national));
  return number;
}

std::optional<PhoneNumber> if_valid(std::optional<PhoneNumber> number) {
  return number && util().IsValidNumber(*number) ? std::move(number) : std::nullopt;
}

// A valid number of these digits, which begin with a country code; a trunk prefix behind that goes.
std::optional<PhoneNumber> international_number(std::string digits,
                                                std::optional<size_t> trunk_zero) {
  if (digits.empty() || digits.front() == '0') return std::nullopt;
  if (auto number = if_valid(quick_number(digits))) return number;
  if (auto number = if_valid(parsed("+" + digits, "ZZ"))) return number;
  if (!trunk_zero) return std::nullopt;
  return if_valid(quick_number(digits.erase(*trunk_zero, 1)));
}

std::string_view type_name(PhoneNumberUtil::PhoneNumberType type) {
  switch (type) {
    case PhoneNumberUtil::FIXED_LINE:
      return "fixed_line";
    case PhoneNumberUtil::MOBILE:
      return "mobile";
    case PhoneNumberUtil::FIXED_LINE_OR_MOBILE:
      return "fixed_line_or_mobile";
    case PhoneNumberUtil::TOLL_FREE:
      return "toll_free";
    case PhoneNumberUtil::PREMIUM_RATE:
      return "premium_rate";
    case PhoneNumberUtil::SHARED_COST:
      return "shared_cost";
    case PhoneNumberUtil::VOIP:
      return "voip";
    case PhoneNumberUtil::PERSONAL_NUMBER:
      return "personal_number";
    case PhoneNumberUtil::PAGER:
      return "pager";
    case PhoneNumberUtil::UAN:
      return "uan";
    case PhoneNumberUtil::VOICEMAIL:
      return "voicemail";
    case PhoneNumberUtil::UNKNOWN:
      return "unknown";
  }
  return "unknown";
}

NumberFault fault_by_plan(const PhoneNumber& number) {
  switch (util().IsPossibleNumberWithReason(number)) {
    case PhoneNumberUtil::TOO_SHORT:
    case PhoneNumberUtil::IS_POSSIBLE_LOCAL_ONLY:
      return NumberFault::kTooShort;
    case PhoneNumberUtil::TOO_LONG:
      return NumberFault::kTooLong;
    case PhoneNumberUtil::INVALID_LENGTH:
      return NumberFault::kWrongLength;
    default:
      return NumberFault::kNotInPlan;
  }
}

// Why the digits are no valid number.
NumberFault fault_of(const WrittenNumber& written) {
  constexpr size_t kWithCountryCodeMin = 11;  // a shorter one may be a national form
  const std::string& digits = written.digits;
  if (digits.empty() || !calling_code_length(digits)) return NumberFault::kNoCountryCode;
  if (!written.international && digits.size() < kWithCountryCodeMin) {
    return NumberFault::kNoCountryCode;
  }
  if (digits.size() > kDigitsMax) return NumberFault::kTooLong;
  const std::optional<PhoneNumber> number = parsed("+" + digits, "ZZ");
  return number ? fault_by_plan(*number) : NumberFault::kTooShort;
}

struct Reading {
  std::optional<PhoneNumber> number;  // valid
  NumberFault fault = NumberFault::kNotANumber;
};

Reading read(std::string_view text) {
  const WrittenNumber written = read_number(text);
  if (written.fault) return {std::nullopt, *written.fault};
  if (auto number = international_number(written.digits, written.trunk_zero)) return {number};
  return {std::nullopt, fault_of(written)};
}

std::string e164_of(const PhoneNumber& number) {
  std::string e164;
  util().Format(number, PhoneNumberUtil::E164, &e164);
  return e164;
}

// Empty: of no country.
std::string country_of(const PhoneNumber& number) {
  std::string country;
  util().GetRegionCodeForNumber(number, &country);
  return country.size() == 2 ? country : std::string();
}

std::string what_is_wrong(NumberFault fault) {
  constexpr const char* kHow = "Write it with + and its country code, such as +254712345678.";
  switch (fault) {
    case NumberFault::kNotANumber:
      return std::string("is not a phone number: it may hold digits, spaces, dashes, dots and ") +
             "brackets, and no letters. " + kHow;
    case NumberFault::kSpreadsheet:
      return "is what a spreadsheet made of a phone number, whose digits may be lost. Format the "
             "column as text, and enter it again.";
    case NumberFault::kNoCountryCode:
      return std::string("has no country code that exists. ") + kHow;
    case NumberFault::kTooShort:
      return "has too few digits for its country code.";
    case NumberFault::kTooLong:
      return "has too many digits for its country code.";
    case NumberFault::kWrongLength:
      return "has a number of digits that its country code does not have.";
    case NumberFault::kNotInPlan:
      return "is not in the numbering plan of its country code.";
    case NumberFault::kNoCountry:
      return "belongs to no country, and no text can be sent to it.";
  }
  return "is not a phone number.";
}

Error invalid_phone(std::string_view written, NumberFault fault) {
  constexpr size_t kShownBytesMax = 40;
  std::string shown(written.substr(0, kShownBytesMax));
  while (!is_utf8(shown)) shown.pop_back();
  if (shown.size() < written.size()) shown += "…";
  Error error = fail(ErrorCode::kInvalidPhone, "'" + shown + "' " + what_is_wrong(fault));
  error.extra = "\"reason\":\"" + std::string(number_fault_name(fault)) + "\"";
  return error;
}

}  // namespace

PhoneFacts describe_phone(std::string_view written) {
  PhoneFacts facts;
  const Reading reading = read(written);
  if (!reading.number) {
    facts.reason = number_fault_name(reading.fault);
    return facts;
  }
  const PhoneNumber& number = *reading.number;
  facts.valid = true;
  facts.country = country_of(number);
  facts.type = type_name(util().GetNumberType(number));
  facts.e164 = e164_of(number);
  util().Format(number, PhoneNumberUtil::NATIONAL, &facts.national_format);
  util().Format(number, PhoneNumberUtil::INTERNATIONAL, &facts.international_format);
  return facts;
}

std::optional<NumberFault> number_fault(std::string_view written) {
  const Reading reading = read(written);
  if (!reading.number) return reading.fault;
  return country_of(*reading.number).empty() ? std::optional(NumberFault::kNoCountry)
                                             : std::nullopt;
}

std::optional<std::string> number_to_find(std::string_view written) {
  const WrittenNumber text = read_number(written);
  if (text.fault || text.digits.empty()) return std::nullopt;
  if (auto number = international_number(text.digits, text.trunk_zero)) return e164_of(*number);
  return text.digits.size() <= kDigitsMax ? std::optional("+" + text.digits) : std::nullopt;
}

Result<Msisdn> Msisdn::parse(std::string_view written) {
  const Reading reading = read(written);
  if (!reading.number) return invalid_phone(written, reading.fault);
  std::string country = country_of(*reading.number);
  if (country.empty()) return invalid_phone(written, NumberFault::kNoCountry);
  return Msisdn(e164_of(*reading.number), std::move(country));
}

Result<Msisdn> Msisdn::parse_in(std::string_view country, std::string_view written) {
  const WrittenNumber text = read_number(written);
  const std::string region(country);
  const int code = util().GetCountryCodeForRegion(region);
  if (text.fault || text.international || code == 0) return parse(written);
  // Without a plus: with the country's own code, or else a national form, or else another's code.
  if (text.digits.starts_with(std::to_string(code))) {
    if (Result<Msisdn> number = parse(written)) return number;
  }
  const auto national = if_valid(parsed(text.digits, region.c_str()));
  // Countries that share a code share national forms: it may be the neighbour's.
  std::string home = national ? country_of(*national) : std::string();
  if (!home.empty()) return Msisdn(e164_of(*national), std::move(home));
  return parse(written);
}

Msisdn::Line Msisdn::line() const {
  const std::optional<PhoneNumber> number = quick_number(std::string_view(e164_).substr(1));
  if (!number) return Line::kUnknown;
  switch (util().GetNumberType(*number)) {
    case PhoneNumberUtil::MOBILE:
      return Line::kMobile;
    case PhoneNumberUtil::FIXED_LINE:
      return Line::kFixed;
    case PhoneNumberUtil::FIXED_LINE_OR_MOBILE:
      return Line::kFixedOrMobile;
    case PhoneNumberUtil::UNKNOWN:
      return Line::kUnknown;
    default:
      return Line::kOther;
  }
}

void warm_up_phone_metadata() {
  std::set<std::string> regions;
  util().GetSupportedRegions(&regions);
  for (const std::string& region : regions) {
    PhoneNumber example;
    if (util().GetExampleNumber(region, &example)) (void)util().IsValidNumber(example);
  }
}

std::string mask_msisdn(std::string_view e164) {
  constexpr size_t kShownFirst = 5;
  constexpr size_t kShownLast = 2;
  if (e164.size() <= kShownFirst + kShownLast) return std::string(e164.size(), '*');
  std::string masked(e164);
  std::fill(masked.begin() + kShownFirst, masked.end() - kShownLast, '*');
  return masked;
}

std::string calling_code(const std::string& country) {
  const int code = util().GetCountryCodeForRegion(country);
  return code == 0 ? std::string() : std::to_string(code);
}

}  // namespace dundun
