// A route, and what a message over it costs.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/money.h"
#include "common/base/result.h"
#include "common/sms/encoding.h"

namespace dundun {

inline constexpr int kSegmentsMax = 10;  // of one text

struct Route {
  int32_t route_id = 0;
  std::string code;  // ESMS_UG
  std::string name;
  std::string country;  // ISO 3166-1 alpha-2
  std::string country_name;
  std::string currency;
  std::string sender_default;
  Micros price_micros = 0;  // per segment, route currency
  int64_t price_id = 0;     // the version of the price
  int inline_wait_ms = 1500;
  bool active = true;
};

struct Quote {
  int segments = 0;
  Encoding encoding = Encoding::kGsm7;
  Micros route_cost = 0;   // route currency, exact
  Micros wallet_cost = 0;  // wallet currency, rounded once at 4 decimals
};

// kTextTooLong over 10 segments.
Status within_segments_max(const SegmentCount& count);

// Segments x price, and the same in the wallet's currency, converted through USD. kTextTooLong over
// 10 segments.
Result<Quote> price_message(const Route& route, const SegmentCount& count, FxRate route_fx,
                            FxRate wallet_fx);

}  // namespace dundun
