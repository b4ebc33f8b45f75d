// Files of prices and exchange rates, as an operator or a feed brings them: CSV with a header line.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/money.h"
#include "common/base/result.h"
#include "common/base/time.h"

namespace dundun {

inline constexpr size_t kPriceFileBytesMax = 1 << 20;

struct NewPrice {
  std::string route;                  // its code
  Micros price_micros;                // a segment, in the route's currency
  std::optional<Instant> valid_from;  // none: now
};

struct NewRate {
  std::string currency;
  Micros per_usd_micros;
};

// Columns route, price_per_segment and perhaps valid_from (RFC 3339), in any order. The whole file
// or nothing: kInvalidRequest names the line that is wrong.
Result<std::vector<NewPrice>> parse_price_file(std::string_view text);
// Columns currency (three letters) and per_usd.
Result<std::vector<NewRate>> parse_rate_file(std::string_view text);

// Whether `now` lies within `percent` of `before`; so a lost decimal point is not taken for a
// price.
bool within_percent(Micros before, Micros now, int percent);

}  // namespace dundun
