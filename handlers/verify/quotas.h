// How many codes may go where. This makes pumping expensive (codes to numbers that earn money for
// the attacker).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/config.h"
#include "common/base/error.h"
#include "common/journal/change.h"
#include "common/web/endpoint.h"

namespace dundun {

// What PostgreSQL has stored about an account and a country.
struct CountryFacts {
  bool lists = false;               // the account names its countries
  bool listed = false;              // this one is among them
  std::optional<int64_t> per_hour;  // its own cap
  int64_t sent_before = 0;          // codes in the 7 days before today
};

// kInvalidCountry unless the account sends codes there.
Status may_send_codes_to(const std::string& country, const CountryFacts& facts);

// The quotas for a code to `phone`. A country that the account has not named, and that has had no
// codes for some days, has a low cap.
std::vector<VerifyQuota> quotas_of(const std::string& phone, const std::string& country,
                                   const CountryFacts& facts, const VerifyConfig& config);

// The answer if a code may not be sent. For an alarm it also notifies the account and writes to the
// log.
Error code_refusal(Context& context, const AcceptMessage& accept, const CommitResult& result);

}  // namespace dundun
