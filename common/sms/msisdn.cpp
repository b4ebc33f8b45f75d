#include "common/sms/msisdn.h"

#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <optional>
#include <set>

namespace dundun {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

constexpr size_t kDigitsMin = 7;
constexpr size_t kDigitsMax = 15;  // ITU-T E.164

const PhoneNumberUtil& util() { return *PhoneNumberUtil::GetInstance(); }

// Country calling codes are prefix-free: at most one of the first three prefixes is one.
std::optional<size_t> calling_code_length(std::string_view digits) {
  static const std::set<int> codes = [] {
    std::set<int> all;
    util().GetSupportedCallingCodes(&all);
    return all;
  }();
  if (digits.front() == '0') return std::nullopt;  // 027 would be read as 27
  int code = 0;
  for (size_t length = 1; length <= 3; ++length) {
    code = code * 10 + (digits[length - 1] - '0');
    if (codes.contains(code)) return length;
  }
  return std::nullopt;
}

// Mexico and Belarus have numbers with a digit too many, an old form or a trunk prefix, that mean
// the number without it: +5215512345678 is +525512345678.
bool has_two_forms(int country_code) {
  constexpr int kMexico = 52, kBelarus = 375;
  return country_code == kMexico || country_code == kBelarus;
}

// Fills the number without PhoneNumberUtil::Parse, but where that finds the one form: for other
// `+digits` the result is the same and it costs a quarter.
std::optional<PhoneNumber> phone_number(std::string_view digits) {
  const std::optional<size_t> length = calling_code_length(digits);
  if (!length) return std::nullopt;
  PhoneNumber number;
  number.set_country_code(std::stoi(std::string(digits.substr(0, *length))));
  if (has_two_forms(number.country_code())) {
    const auto parsed = util().Parse("+" + std::string(digits), "ZZ", &number);
    return parsed == PhoneNumberUtil::NO_PARSING_ERROR ? std::optional(number) : std::nullopt;
  }
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

std::string e164_of(std::string_view text, const PhoneNumber& number) {
  std::string e164(text);
  if (has_two_forms(number.country_code())) util().Format(number, PhoneNumberUtil::E164, &e164);
  return e164;
}

bool looks_like_e164(std::string_view text) {
  return text.size() > kDigitsMin && text.size() <= kDigitsMax + 1 && text.front() == '+' &&
         std::all_of(text.begin() + 1, text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Error invalid_phone() {
  return fail(ErrorCode::kInvalidPhone,
              "Phone number could not be parsed or is missing a country code.");
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

std::string_view reason_of(PhoneNumberUtil::ErrorType error) {
  switch (error) {
    case PhoneNumberUtil::INVALID_COUNTRY_CODE_ERROR:
      return "no_country_code";
    case PhoneNumberUtil::TOO_SHORT_AFTER_IDD:
    case PhoneNumberUtil::TOO_SHORT_NSN:
      return "too_short";
    case PhoneNumberUtil::TOO_LONG_NSN:
      return "too_long";
    default:
      return "not_a_number";
  }
}

std::string_view reason_of(const PhoneNumber& number) {
  switch (util().IsPossibleNumberWithReason(number)) {
    case PhoneNumberUtil::TOO_SHORT:
    case PhoneNumberUtil::IS_POSSIBLE_LOCAL_ONLY:
      return "too_short";
    case PhoneNumberUtil::TOO_LONG:
      return "too_long";
    case PhoneNumberUtil::INVALID_LENGTH:
      return "wrong_length";
    default:
      return "not_in_numbering_plan";
  }
}

}  // namespace

PhoneFacts describe_phone(std::string_view text) {
  PhoneFacts facts;
  PhoneNumber number;
  const auto parsed = util().Parse(std::string(text), "ZZ", &number);
  if (parsed != PhoneNumberUtil::NO_PARSING_ERROR) {
    facts.reason = reason_of(parsed);
    return facts;
  }
  facts.valid = util().IsValidNumber(number);
  if (!facts.valid) {
    facts.reason = reason_of(number);
    return facts;
  }
  util().GetRegionCodeForNumber(number, &facts.country);
  if (facts.country.size() != 2) facts.country.clear();
  facts.type = type_name(util().GetNumberType(number));
  number.clear_extension();  // no SMS reaches one
  util().Format(number, PhoneNumberUtil::E164, &facts.e164);
  util().Format(number, PhoneNumberUtil::NATIONAL, &facts.national_format);
  util().Format(number, PhoneNumberUtil::INTERNATIONAL, &facts.international_format);
  return facts;
}

Result<Msisdn> Msisdn::parse(std::string_view text) {
  if (!looks_like_e164(text)) return invalid_phone();
  const std::optional<PhoneNumber> number = phone_number(text.substr(1));
  if (!number || !util().IsValidNumber(*number)) return invalid_phone();
  std::string region;
  util().GetRegionCodeForNumber(*number, &region);
  if (region.size() != 2) return invalid_phone();
  return Msisdn(e164_of(text, *number), std::move(region));
}

Msisdn::Line Msisdn::line() const {
  const std::optional<PhoneNumber> number = phone_number(std::string_view(e164_).substr(1));
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

}  // namespace dundun
