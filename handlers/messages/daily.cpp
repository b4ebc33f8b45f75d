#include "handlers/messages/daily.h"

#include <array>

#include "common/io/pg.h"
#include "common/web/replica.h"
#include "sql/stats.h"

namespace dundun {
namespace {

using std::chrono::days;
using std::chrono::floor;

}  // namespace

int32_t postgres_day(Instant day) {
  const std::chrono::microseconds epoch{kPostgresEpochMicros};
  return static_cast<int32_t>((floor<days>(day).time_since_epoch() - epoch) / days(1));
}

Result<std::vector<DayCounts>> last_days(const Context& context, int64_t count, Instant at) {
  constexpr auto& col = sql::message_days;
  const Instant today = floor<days>(at);
  const Instant first = today - days(count - 1);
  std::vector<DayCounts> result(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) result[static_cast<size_t>(i)].day = first + days(i);
  const PgRows rows = TRY(context.services.replica.query_of(
      context.caller.account_id, sql::message_days, context.caller.account_id,
      context.caller.environment, postgres_day(first), postgres_day(today + days(1))));
  for (int row = 0; row < rows.size(); ++row) {
    DayCounts& day = result.at(static_cast<size_t>(rows.i64(row, col.day_number)));
    day.delivered = rows.i64(row, col.delivered);
    day.failed = rows.i64(row, col.failed);
    day.pending = rows.i64(row, col.open);
    day.sent = rows.i64(row, col.total);
  }
  return result;
}

std::string day_text(Instant day) { return format_z(day).substr(0, 10); }

std::string_view weekday_text(Instant day) {
  static constexpr std::array<std::string_view, 7> kNames = {"Sun", "Mon", "Tue", "Wed",
                                                             "Thu", "Fri", "Sat"};
  return kNames[std::chrono::weekday(floor<days>(day)).c_encoding()];
}

double delta_percent(int64_t now, int64_t before) {
  if (before == 0) return now == 0 ? 0.0 : 100.0;
  return 100.0 * static_cast<double>(now - before) / static_cast<double>(before);
}

double delivery_rate(int64_t delivered, int64_t failed) {
  if (delivered + failed == 0) return 0.0;
  return 100.0 * static_cast<double>(delivered) / static_cast<double>(delivered + failed);
}

}  // namespace dundun
