// What a message costs, for sending and for asking the price.
#pragma once

#include <string>

#include "common/sending/snapshot.h"
#include "common/sms/quote.h"

namespace dundun {

struct RoutePrice {
  Quote quote;
  std::string fx_note;  // the two rates used, for the ledger; empty: no conversion
};

// The cost of a message with `count` segments, in the wallet's currency. kNoRoute if a rate is
// missing; kTextTooLong over `most` segments.
Result<RoutePrice> price_over(const Route& route, const SegmentCount& count,
                              const std::string& wallet_currency, const Snapshot& snapshot,
                              int most = kSegmentsMax);

}  // namespace dundun
