// What requests say of times, pages and limits.
#include <gtest/gtest.h>

#include "common/base/number_set.h"
#include "common/campaign/contact_pages.h"
#include "common/identity/gate.h"
#include "common/sending/delivery_times.h"
#include "common/web/date_range.h"
#include "common/web/paging.h"
#include "handlers/messages/list_filter.h"

namespace dundun {
namespace request_rules_test {

Request with_query(std::vector<std::pair<std::string, std::string>> query) {
  Request request;
  request.query = std::move(query);
  return request;
}

TEST(DateRangeTest, WithoutAnEndItReachesPastEveryClock) {
  const std::pair<const char*, const char*> cases[] = {
      {"2026-05-02T12:00:05Z", "2026-05-04T00:00:00Z"},
      {"2026-05-02T00:00:00Z", "2026-05-03T00:00:00Z"},
      {"2026-05-02T23:59:59Z", "2026-05-04T00:00:00Z"}};
  for (const auto& [at, end] : cases) {
    const auto range = parse_date_range({}, *parse_rfc3339(at));
    ASSERT_TRUE(range);
    EXPECT_EQ(range->from, Instant{}) << at;
    EXPECT_EQ(format_z(range->to), end) << at;
  }
}

TEST(DateRangeTest, ItsFieldsMayHaveOtherNames) {
  const Request request = with_query({{"since", "2026-05-02"}, {"date_from", "nonsense"}});
  const auto range = parse_date_range(request, now(), "since", "until");
  ASSERT_TRUE(range);
  EXPECT_EQ(format_z(range->from), "2026-05-02T00:00:00Z");
  EXPECT_FALSE(parse_date_range(request, now()));
}

// "09:00-17:00 zone", "none", or "refused".
std::string window(const std::string& json) {
  const auto document = JsonDocument::parse(json);
  const auto parsed = parse_window(*JsonObject::of(*document));
  if (!parsed) return "refused";
  if (!*parsed) return "none";
  return std::to_string((*parsed)->opens) + "-" + std::to_string((*parsed)->closes) + " " +
         (*parsed)->zone.value_or("recipient");
}

TEST(DeliveryTimesTest, AWindowHasTwoDifferentTimesOfDay) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({})", "none"},
      {R"({"window": null})", "none"},
      {R"({"window": {"from": "09:00", "to": "17:30"}})", "540-1050 recipient"},
      {R"({"window": {"from": "00:00", "to": "23:59", "tz": "recipient"}})", "0-1439 recipient"},
      {R"({"window": {"from": "22:00", "to": "06:00", "tz": "Africa/Lagos"}})",
       "1320-360 Africa/Lagos"},
      {R"({"window": {"from": "09:00", "to": "09:00"}})", "refused"},
      {R"({"window": {"from": "09:00", "to": "24:00"}})", "540-1440 recipient"},
      {R"({"window": {"from": "24:00", "to": "09:00"}})", "0-540 recipient"},
      {R"({"window": {"from": "09:00", "to": "24:01"}})", "refused"},
      {R"({"window": {"from": "09:60", "to": "10:00"}})", "refused"},
      {R"({"window": {"from": "9:00", "to": "10:00"}})", "540-600 recipient"},
      {R"({"window": {"from": "9", "to": "10:00"}})", "refused"},
      {R"({"window": {"from": "09.00", "to": "10:00"}})", "refused"},
      {R"({"window": {"from": "0a:00", "to": "10:00"}})", "refused"},
      {R"({"window": {"from": "09:00", "to": "10:0/"}})", "refused"},
      {R"({"window": {"from": "09:00"}})", "refused"},
      {R"({"window": "09:00"})", "refused"}};
  for (const auto& [json, wanted] : cases) EXPECT_EQ(window(json), wanted) << json;
}

TEST(DeliveryTimesTest, NotAfterLiesAfterTheTimeToLeave) {
  const Instant earliest = *parse_rfc3339("2026-05-02T12:00:00Z");
  const auto accepted = [&](const char* text) {
    const auto document = JsonDocument::parse(R"({"not_after": ")" + std::string(text) + R"("})");
    return parse_not_after(*JsonObject::of(*document), earliest).has_value();
  };
  EXPECT_TRUE(accepted("2026-05-02T12:00:01Z"));
  EXPECT_FALSE(accepted("2026-05-02T12:00:00Z"));
  EXPECT_FALSE(accepted("2026-05-02T11:59:59Z"));
  EXPECT_FALSE(accepted("2026-05-03"));
  const auto without = JsonDocument::parse("{}");
  EXPECT_EQ(*parse_not_after(*JsonObject::of(*without), earliest), std::nullopt);
}

TEST(PagingLimitsTest, TheLimitsThemselvesAreGood) {
  EXPECT_EQ(parse_paging(with_query({{"limit", "1"}}))->limit, 1);
  EXPECT_EQ(parse_paging(with_query({{"limit", "100"}}))->limit, 100);
  EXPECT_EQ(parse_paging(with_query({{"page", "0"}}))->page, 0);
  EXPECT_EQ(parse_paging(with_query({{"page", "1000000"}}))->page, 1'000'000);
  EXPECT_EQ(parse_id("1"), 1);
  EXPECT_EQ(parse_id("9223372036854775807"), INT64_MAX);
  for (const char* bad : {"", "0", "-1", "1x", "x", " 1", "9223372036854775808"}) {
    EXPECT_EQ(parse_id(bad), std::nullopt) << bad;
  }
}

TEST(LocalLimitsTest, BadKeysBlockAnAddressForAWhile) {
  Config config;
  config.bad_keys_max = 3;
  config.bad_keys_block_s = 60;
  LocalLimits limits;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(limits.bad_key("192.0.2.1", config), 0) << i;
    EXPECT_EQ(limits.blocked_s("192.0.2.1", config), 0) << i;
  }
  const int wait_s = limits.bad_key("192.0.2.1", config);
  EXPECT_GE(wait_s, 60);
  EXPECT_LE(wait_s, 61);
  EXPECT_GT(limits.blocked_s("192.0.2.1", config), 0);
  EXPECT_EQ(limits.blocked_s("192.0.2.2", config), 0);
  EXPECT_EQ(limits.bad_key("192.0.2.2", config), 0);
}

TEST(LocalLimitsTest, ALimitRecoversStepByStep) {
  const RateLimit limit{4, 1};
  int64_t tat = 0;
  int64_t remaining = 3;
  for (int i = 0; i < 4; ++i) {
    const RateVerdict verdict = gcra(1'000'000'000, limit, tat);
    EXPECT_TRUE(verdict.allowed) << i;
    EXPECT_EQ(verdict.remaining, remaining--) << i;
  }
  EXPECT_FALSE(gcra(1'000'000'000, limit, tat).allowed);
  EXPECT_FALSE(gcra(1'000'249'999, limit, tat).allowed);
  EXPECT_TRUE(gcra(1'000'250'000, limit, tat).allowed);
  EXPECT_EQ(gcra(2'000'000'000, limit, tat).remaining, 3) << "nothing is saved up";
}

TEST(ContactPagesTest, EachContactHasItsBit) {
  std::string bits;
  for (const int64_t id : {0, 7, 8, 30}) skip(bits, id);
  EXPECT_EQ(bits.size(), 4u);
  for (int64_t id = 0; id < 100; ++id) {
    const bool skipped = id == 0 || id == 7 || id == 8 || id == 30;
    EXPECT_EQ(is_skipped(bits, id), skipped) << id;
  }
  EXPECT_FALSE(is_skipped("", 0));
  EXPECT_FALSE(is_skipped(std::string_view("\xff\xff").substr(0, 1), 8)) << "past its end";
}

TEST(NumberSetTest, HoldsEachNumberOnce) {
  NumberSet set;
  for (uint64_t i = 1; i <= 2'000; ++i) {
    const uint64_t number = i * 7'919;
    EXPECT_FALSE(set.contains(number));
    EXPECT_TRUE(set.insert(number));
    EXPECT_FALSE(set.contains(number + 1)) << "a set that were full would look for ever";
    EXPECT_FALSE(set.insert(number));
    EXPECT_TRUE(set.contains(number));
    EXPECT_EQ(set.size(), i);
  }
  for (uint64_t i = 1; i <= 2'000; ++i) EXPECT_TRUE(set.contains(i * 7'919));
}

}  // namespace request_rules_test
}  // namespace dundun
