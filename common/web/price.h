// What a message costs: what sending and asking for the price share.
#pragma once

#include <string>

#include "common/sms/quote.h"
#include "common/web/snapshot.h"

namespace dundun {

struct RoutePrice {
  Quote quote;
  std::string fx_note;  // the two rates used, for the statement; empty: nothing was converted
};

// What a message of so many segments costs a wallet of that currency. kNoRoute without a rate,
// kTextTooLong over 10 segments.
Result<RoutePrice> price_over(const Route& route, const SegmentCount& count,
                              const std::string& wallet_currency, const Snapshot& snapshot);

}  // namespace dundun
