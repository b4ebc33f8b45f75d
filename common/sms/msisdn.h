// A subscriber number in E.164, checked by libphonenumber.
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"

namespace dundun {

class Msisdn {
 public:
  // Takes "+" and digits only, and only a number that its country's plan allows; kInvalidPhone
  // otherwise. e164() is the one canonical form of the number; it may differ from `text`.
  static Result<Msisdn> parse(std::string_view text);

  const std::string& e164() const { return e164_; }  // +254712345678
  // The kind of line, by the country's plan. Some plans do not tell mobile from fixed.
  enum class Line : int16_t { kUnknown, kMobile, kFixed, kFixedOrMobile, kOther };
  Line line() const;

  const std::string& country() const { return country_; }  // ISO 3166-1 alpha-2: KE

 private:
  Msisdn(std::string e164, std::string country)
      : e164_(std::move(e164)), country_(std::move(country)) {}
  std::string e164_;
  std::string country_;
};

// What a country's numbering plan says about a number.
struct PhoneFacts {
  bool valid = false;
  std::string_view reason;            // why it is not valid: no_country_code, too_short …
  std::string e164;                   // this and the rest: empty unless valid
  std::string country;                // also empty for numbers of no country, such as +800
  std::string_view type = "unknown";  // mobile, fixed_line, fixed_line_or_mobile, voip …
  std::string national_format;
  std::string international_format;
};

// Takes any written form with a country code, such as "+254 712-345-678". Msisdn::parse is
// stricter.
PhoneFacts describe_phone(std::string_view text);

// Loads the metadata of all regions (24 ms, 19 MB), so that the first send does not wait for it.
void warm_up_phone_metadata();

// "+2547*****78": the form that a log may show.
std::string mask_msisdn(std::string_view e164);

}  // namespace dundun
