#include "handlers/messages/list_filter.h"

#include <gtest/gtest.h>

#include "handlers/messages/list_window.h"

namespace dundun {
namespace list_filter_test {

using std::chrono::days;
using std::chrono::milliseconds;

const Instant kNow = *parse_rfc3339("2026-05-02T12:00:05Z");
const Instant kMidnight = *parse_rfc3339("2026-05-02T00:00:00Z");

Result<ListFilter> filter_of(const char* field, std::string value,
                             Environment environment = Environment::kLive) {
  Request request;
  request.query = {{field, std::move(value)}};
  Caller caller;
  caller.environment = environment;
  return parse_list_filter(request, caller, kNow);
}

TEST(ListFilterTest, AKeySeesItsOwnTrafficUnlessAsked) {
  using List = std::vector<Environment>;
  EXPECT_EQ(filter_of("page", "0")->environments, List{Environment::kLive});
  EXPECT_EQ(filter_of("page", "0", Environment::kTest)->environments, List{Environment::kTest});
  EXPECT_EQ(filter_of("environment", "test")->environments, List{Environment::kTest});
  for (const char* more : {"live", "all"}) {
    EXPECT_EQ(filter_of("environment", more, Environment::kTest).error().code,
              ErrorCode::kInsufficientScope)
        << more << ": a test key sees tests only";
  }
  EXPECT_EQ(filter_of("environment", "all")->environments.size(), 2u);
  EXPECT_FALSE(filter_of("environment", "LIVE"));
}

TEST(ListFilterTest, ARangeOfNothingIsAMistake) {
  const auto range_of = [](const char* from, const char* to) {
    Request request;
    request.query = {{"date_from", from}, {"date_to", to}};
    return parse_list_filter(request, Caller(), kNow);
  };
  EXPECT_TRUE(range_of("2026-05-02", "2026-05-02"));
  EXPECT_FALSE(range_of("2026-05-02", "2026-05-01")) << "its end is the other's beginning";
  EXPECT_FALSE(range_of("2026-05-03", "2026-05-01"));
}

TEST(ListFilterTest, EveryStatusWordIsKnown) {
  for (const char* word : {"scheduled", "queued", "submitted", "sent", "delivered", "failed",
                           "retrying", "cancelled", "expired"}) {
    ASSERT_TRUE(filter_of("status", word)) << word;
    EXPECT_EQ(status_name(*filter_of("status", word)->status), word);
  }
  EXPECT_TRUE(filter_of("status", "dripping")->nothing);
  EXPECT_TRUE(filter_of("status", "sending")->nothing);
  EXPECT_FALSE(filter_of("status", "Delivered"));
}

TEST(ListFilterTest, DatesAreInclusive) {
  EXPECT_EQ(filter_of("date_from", "2026-05-02")->from, kMidnight);
  EXPECT_EQ(filter_of("date_to", "2026-05-02")->to, kMidnight + days(1));
  EXPECT_EQ(filter_of("date_to", "2026-05-02T12:00:05Z")->to, kNow + std::chrono::seconds(1));
  EXPECT_EQ(filter_of("date_to", "2026-05-02T12:00Z")->to, kNow + std::chrono::seconds(55));
  EXPECT_EQ(filter_of("date_to", "2026-05-02T12:00:05.2Z")->to, kNow + milliseconds(300));
  EXPECT_EQ(filter_of("date_to", "2026-05-02T12:00:05.250+00:00")->to, kNow + milliseconds(251));
  EXPECT_EQ(filter_of("date_to", "2026-05-02T12:00:05.250001Z")->to, kNow + milliseconds(251));
  EXPECT_EQ(filter_of("date_from", "2026-05-02T12:00:05.250001Z")->from, kNow + milliseconds(251));
  EXPECT_EQ(filter_of("date_from", "2026-05-02T12:00Z")->from, kNow - std::chrono::seconds(5));
  EXPECT_EQ(filter_of("date_from", "2026-05-02T15:00:05+03:00")->from, kNow);
  EXPECT_EQ(filter_of("date_from", "1970-01-01T00:00:00+03:00")->from, Instant{});
  EXPECT_EQ(filter_of("date_to", "1970-01-01T00:00:00+03:00")->to, Instant{});
  for (const char* bad : {"today", "2026-02-30", "2026-05-02T12:00:05", "02.05.2026"}) {
    EXPECT_FALSE(filter_of("date_from", bad)) << bad;
    EXPECT_FALSE(filter_of("date_to", bad)) << bad;
  }
}

TEST(ListFilterTest, RangesThatTouchShareNothingAndLoseNothing) {
  const std::pair<const char*, const char*> cuts[] = {
      {"2026-05-02", "2026-05-03"},
      {"2026-05-02T12:00Z", "2026-05-02T12:01Z"},
      {"2026-05-02T12:00:05Z", "2026-05-02T12:00:06Z"},
      {"2026-05-02T15:00:05+03:00", "2026-05-02T12:00:06Z"},
      {"2026-05-02T12:00:05.9Z", "2026-05-02T12:00:06Z"},
      {"2026-05-02T12:00:05.250Z", "2026-05-02T12:00:05.251Z"},
      {"2026-05-02T12:00:05.250000Z", "2026-05-02T12:00:05.250001Z"},
      {"2026-05-02T12:00:05.250000999Z", "2026-05-02T12:00:05.250001Z"}};
  for (const auto& [end, begin] : cuts) {
    EXPECT_EQ(filter_of("date_to", end)->to, filter_of("date_from", begin)->from) << end;
  }
}

TEST(ListFilterTest, IdsComeInAllTheirForms) {
  const std::string uuid = "01960000-0000-7000-8000-00000000abcd";
  const std::string hex = "0196000000007000800000000000abcd";
  for (const std::string& form : {"msg-" + uuid, uuid, "msg_" + hex}) {
    EXPECT_EQ(filter_of("after", form)->after, parse_uuid(uuid)) << form;
  }
  EXPECT_EQ(filter_of("batch_id", "batch-" + uuid)->batch, parse_uuid(uuid));
  EXPECT_EQ(filter_of("batch_id", uuid)->batch, parse_uuid(uuid));
  EXPECT_FALSE(filter_of("batch_id", "msg-" + uuid));
  EXPECT_FALSE(filter_of("after", "1"));
}

ListSegment day(int back, int64_t count, bool exact = true) {
  return {kMidnight - days(back), kMidnight - days(back - 1), count, exact};
}

TEST(ListWindowTest, WholeDaysAreSkippedByTheirCounts) {
  const std::vector<ListSegment> days_back = {day(0, 5), day(1, 0), day(2, 10), day(3, 0)};
  EXPECT_EQ(total_of(days_back), 15);
  ListWindow window = page_window(days_back, 0);
  EXPECT_EQ(window.to, kMidnight + days(1));
  EXPECT_EQ(window.from, kMidnight - days(2));  // nothing matches on the day before
  EXPECT_EQ(window.offset, 0);
  window = page_window(days_back, 4);
  EXPECT_EQ(window.to, kMidnight + days(1));
  EXPECT_EQ(window.offset, 4);
  window = page_window(days_back, 7);
  EXPECT_EQ(window.to, kMidnight - days(1));
  EXPECT_EQ(window.offset, 2);
  EXPECT_TRUE(page_window(days_back, 15).empty());
  EXPECT_TRUE(page_window({}, 0).empty());
}

TEST(ListWindowTest, AStretchCountedInPartIsNotSkipped) {
  const std::vector<ListSegment> segments = {day(0, 100, false), day(1, 10)};
  const ListWindow window = page_window(segments, 105);
  EXPECT_EQ(window.to, kMidnight + days(1));
  EXPECT_EQ(window.offset, 105);
}

}  // namespace list_filter_test
}  // namespace dundun
