#include <gtest/gtest.h>

#include "handlers/messages/daily.h"

namespace dundun {
namespace stats_test {

TEST(StatsTest, DeltaIsAgainstYesterday) {
  EXPECT_DOUBLE_EQ(delta_percent(150, 100), 50.0);
  EXPECT_DOUBLE_EQ(delta_percent(50, 100), -50.0);
  EXPECT_DOUBLE_EQ(delta_percent(0, 100), -100.0);
  EXPECT_DOUBLE_EQ(delta_percent(0, 0), 0.0);
  EXPECT_DOUBLE_EQ(delta_percent(7, 0), 100.0);
}

TEST(StatsTest, DeliveryRateCountsFinalMessagesOnly) {
  EXPECT_DOUBLE_EQ(delivery_rate(3, 1), 75.0);
  EXPECT_DOUBLE_EQ(delivery_rate(0, 4), 0.0);
  EXPECT_DOUBLE_EQ(delivery_rate(0, 0), 0.0);
}

TEST(StatsTest, DaysBearTheirTrueName) {
  const auto day = [](const char* text) { return *parse_rfc3339(text); };
  EXPECT_EQ(weekday_text(day("2026-05-02T00:00:00Z")), "Sat");
  EXPECT_EQ(weekday_text(day("2026-05-02T23:59:59Z")), "Sat");
  EXPECT_EQ(weekday_text(day("2024-02-29T12:00:00Z")), "Thu");
  EXPECT_EQ(day_text(day("2024-02-29T12:00:00Z")), "2024-02-29");
}

TEST(StatsTest, PostgresCountsDaysFrom2000) {
  EXPECT_EQ(postgres_day(*parse_rfc3339("2000-01-01T00:00:00Z")), 0);
  EXPECT_EQ(postgres_day(*parse_rfc3339("2000-01-02T23:59:59Z")), 1);
  EXPECT_EQ(postgres_day(*parse_rfc3339("1999-12-31T23:59:59Z")), -1);
  EXPECT_EQ(postgres_day(Instant{}), -10957);
}

}  // namespace stats_test
}  // namespace dundun
