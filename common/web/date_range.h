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

// Both ends are included, at the precision that was asked with: a date means its whole UTC day, a
// time its whole minute, second or part of one. So of ranges that touch, each row is in exactly
// one. kValidation if the range ends before it begins. Without date_to the range ends at the first
// midnight that is at least a day after `at` (now). That is later than the clock of any host that
// makes ids, and a whole day, as the rollups need.
Result<DateRange> parse_date_range(const Request& request, Instant at,
                                   const char* from_field = "date_from",
                                   const char* to_field = "date_to");

}  // namespace dundun
