// `date_from` and `date_to` of lists and downloads, however a dialect calls them.
#pragma once

#include "common/base/result.h"
#include "common/base/time.h"
#include "common/web/request.h"

namespace dundun {

struct DateRange {
  Instant from{};  // inclusive
  Instant to;      // exclusive
};

// Both ends count: a date means its whole UTC day, an RFC 3339 time its whole millisecond. Without
// date_to the range ends at the first midnight a day after `at`, which is now: past every clock
// that makes ids, and whole days are what the rollups know.
Result<DateRange> parse_date_range(const Request& request, Instant at,
                                   const char* from_field = "date_from",
                                   const char* to_field = "date_to");

}  // namespace dundun
