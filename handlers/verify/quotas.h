// How many codes may go where. This makes pumping expensive (codes to numbers that earn money for
// the attacker).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/config.h"
#include "common/base/error.h"
#include "common/journal/change.h"
#include "common/web/route.h"

namespace dundun {

// What PostgreSQL knows of an account and a country.
struct CountryFacts {
  bool lists = false;               // the account names its countries
  bool listed = false;              // this one is among them
  std::optional<int64_t> per_hour;  // its own cap
  int64_t sent_before = 0;          // codes in the 7 days before today
};

// kInvalidCountry unless the account sends codes there.
Status may_send_codes_to(const std::string& country, const CountryFacts& facts);

// The quotas of a code to `phone`. A country that neither the account has named nor has had codes
// for some days is a sudden one, with a low cap.
std::vector<VerifyQuota> quotas_of(const std::string& phone, const std::string& country,
                                   const CountryFacts& facts, const VerifyConfig& config);

// The answer to a code that may not go out; tells the account and the log of an alarm.
Error code_refusal(Context& context, const AcceptMessage& accept, const Receipt& receipt);

}  // namespace dundun
