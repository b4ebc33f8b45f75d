// What a message over a route costs.
#pragma once

#include <string>

#include "common/base/money.h"
#include "common/base/result.h"
#include "common/sms/encoding.h"
#include "common/sms/route.h"

namespace dundun {

inline constexpr int kSegmentsMax = 10;  // of one text
// Of one text in the second dialect, which counts characters: more parts than a handset can join
// (3GPP TS 23.040 section 9.2.3.24.1) no text of 1,600 characters has.
inline constexpr int kSegmentsOfSecondDialectMax = 255;

struct Quote {
  int segments = 0;
  Encoding encoding = Encoding::kGsm7;
  Micros route_cost = 0;   // route currency, exact
  Micros wallet_cost = 0;  // wallet currency, rounded once at 4 decimals
};

// kTextTooLong over `most` segments.
Status within_segments_max(const SegmentCount& count, int most = kSegmentsMax);

// Segments x price, and the same in the wallet's currency, converted through USD. kTextTooLong over
// `most` segments.
Result<Quote> price_message(const Route& route, const SegmentCount& count, FxRate route_fx,
                            FxRate wallet_fx, int most = kSegmentsMax);

}  // namespace dundun
