// Which route a message takes and what it costs: what sending and asking for the price share.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/io/json.h"
#include "common/sms/msisdn.h"
#include "common/sms/quote.h"
#include "common/web/snapshot.h"

namespace dundun {

// The field `text`, which must not be empty.
Result<std::string> required_text(const JsonObject& object);

// The route asked for by code, which must be active and serve the number's country; without a code
// the country's first active one. kNoRoute otherwise.
Result<const Route*> choose_route(const Msisdn& to, const std::optional<std::string>& code,
                                  const Snapshot& snapshot);

struct RoutePrice {
  Quote quote;
  std::string fx_note;  // the two rates used, for the statement; empty: nothing was converted
};

// What a message of so many segments costs a wallet of that currency. kNoRoute without a rate,
// kTextTooLong over 10 segments.
Result<RoutePrice> price_over(const Route& route, const SegmentCount& count,
                              const std::string& wallet_currency, const Snapshot& snapshot);

}  // namespace dundun
