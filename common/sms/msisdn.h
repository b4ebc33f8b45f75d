// A subscriber number in E.164, checked by libphonenumber.
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"

namespace dundun {

class Msisdn {
 public:
  // "+" and digits only, a number that its country's plan allows. kInvalidPhone otherwise. e164()
  // is the one form of the number, which need not be the text.
  static Result<Msisdn> parse(std::string_view text);

  const std::string& e164() const { return e164_; }  // +254712345678
  // What kind of line it is by its country's plan; some plans do not tell mobile from fixed.
  enum class Line : int16_t { kUnknown, kMobile, kFixed, kFixedOrMobile, kOther };
  Line line() const;

  const std::string& country() const { return country_; }  // ISO 3166-1 alpha-2: KE

 private:
  Msisdn(std::string e164, std::string country)
      : e164_(std::move(e164)), country_(std::move(country)) {}
  std::string e164_;
  std::string country_;
};

// What a numbering plan says of a number.
struct PhoneFacts {
  bool valid = false;
  std::string_view reason;            // why it is not: no_country_code, too_short …
  std::string e164;                   // this and the rest: empty unless valid
  std::string country;                // empty too for numbers of no country, such as +800
  std::string_view type = "unknown";  // mobile, fixed_line, fixed_line_or_mobile, voip …
  std::string national_format;
  std::string international_format;
};

// Any written form with a country code: "+254 712-345-678". Msisdn::parse takes fewer.
PhoneFacts describe_phone(std::string_view text);

// Loads the metadata of all regions (24 ms, 19 MB), so that the first send does not wait for it.
void warm_up_phone_metadata();

// "+2547*****78": what a log may show.
std::string mask_msisdn(std::string_view e164);

}  // namespace dundun
