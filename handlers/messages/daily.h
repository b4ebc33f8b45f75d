// Days of an account from the rollup, and the figures that stats and volume make of them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/base/time.h"
#include "common/web/endpoint.h"

namespace dundun {

struct DayCounts {
  Instant day;  // midnight UTC
  int64_t delivered = 0;
  int64_t failed = 0;   // failed and expired
  int64_t pending = 0;  // anything that is not final yet
  int64_t sent = 0;     // all but scheduled and cancelled
};

// The last `count` days up to and with today, oldest first, days without messages included.
Result<std::vector<DayCounts>> last_days(const Context& context, int64_t count, Instant at);

// A date as PostgreSQL's binary form has it: days since 2000.
int32_t postgres_day(Instant day);

// "2026-05-02" and "Sat".
std::string day_text(Instant day);
std::string_view weekday_text(Instant day);

// Change against `before` in percent; from nothing to something counts as 100.
double delta_percent(int64_t now, int64_t before);
// delivered / (delivered + failed) in percent; 0 when nothing is final yet.
double delivery_rate(int64_t delivered, int64_t failed);

}  // namespace dundun
