// `date_from` and `date_to` of lists and downloads, under the names of either dialect.
#pragma once

#include "common/base/result.h"
#include "common/base/time.h"
#include "common/web/request.h"

namespace dundun {

struct DateRange {
  Instant from{};  // inclusive
  Instant to;      // exclusive
};

// Both ends are included: a date means its whole UTC day, an RFC 3339 time its whole millisecond.
// Without date_to the range ends at the first midnight that is at least a day after `at` (now).
// That is later than the clock of any host that makes ids, and a whole day, as the rollups need.
Result<DateRange> parse_date_range(const Request& request, Instant at,
                                   const char* from_field = "date_from",
                                   const char* to_field = "date_to");

}  // namespace dundun
