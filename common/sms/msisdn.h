// A subscriber number in E.164, checked by today's numbering plans.
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/sms/written_number.h"

namespace dundun {

class Msisdn {
 public:
  // Takes every form that read_number() does, with its country code. kInvalidPhone otherwise: the
  // error names the value, the reason and the way out. e164() is the one canonical form.
  static Result<Msisdn> parse(std::string_view written);
  // A national form too, of this country (ISO 3166-1 alpha-2).
  static Result<Msisdn> parse_in(std::string_view country, std::string_view written);

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
  std::string_view reason;            // why it is not valid: a number_fault_name()
  std::string e164;                   // this and the rest: empty unless valid
  std::string country;                // also empty for numbers of no country, such as +800
  std::string_view type = "unknown";  // mobile, fixed_line, fixed_line_or_mobile, voip …
  std::string national_format;
  std::string international_format;
};

// Reads what Msisdn::parse does.
PhoneFacts describe_phone(std::string_view written);

// Why this is not a number that Msisdn::parse takes; nullopt if it is.
std::optional<NumberFault> number_fault(std::string_view written);

// The canonical form to look for in what is kept: of a number, "+" and the digits of what looks
// like one. nullopt: neither.
std::optional<std::string> number_to_find(std::string_view written);

// Loads the metadata of all regions (24 ms, 19 MB), so that the first send does not wait for it.
void warm_up_phone_metadata();

// "+2547*****78": the form that a log may show.
std::string mask_msisdn(std::string_view e164);

}  // namespace dundun
