// A route's throughput: kept by all together, in segments; shared by campaigns; singles first.
#include "common/carrier/pace.h"

#include <gtest/gtest.h>

#include "common/io/json.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"

namespace dundun {
namespace pace_test {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kPerS = 200;

Config config_of(const std::string& redis_url) {
  Config config;
  config.redis_url = redis_url;
  config.redis_timeout = seconds(5);
  return config;
}

TEST(Pace, SinglesQueueForTheirSlotsAndCampaignsGetWhatIsLeft) {
  Pace pace(config_of(Stack::shared().redis_url()));
  Pace other(config_of(Stack::shared().redis_url()));  // another process
  const PaceLimit route{"PACE_" + to_string(new_uuid7()), 1};
  EXPECT_EQ(pace.take_spare(route, 1).count(), 0);
  for (int i = 0; i < 5; ++i) (void)other.reserve({route}, 2, new_uuid7());
  // Eleven segments taken at one a second, and a tenth of one was left over: the slot of the next
  // is nearly eleven seconds away.
  const Uuid id = new_uuid7();
  const microseconds wait = pace.reserve({route}, 1, id);
  EXPECT_GT(wait, seconds(2));
  EXPECT_LE(wait, seconds(11));
  EXPECT_GT(pace.take_spare(route, 1), seconds(2)) << "somebody waits: nothing to spare";
  EXPECT_EQ(other.reserve({route}, 1, id).count(), 0) << "its own slot";
  EXPECT_GT(other.reserve({route}, 1, id).count(), 0) << "which it has once";
  const PaceLimit free{"PACE_" + to_string(new_uuid7()), 10};
  EXPECT_EQ(pace.take_spare(free, 1).count(), 0) << "routes do not share";
}

TEST(Pace, TheFullestOfSeveralBucketsDecidesAndTheSlotIsInAll) {
  Pace pace(config_of(Stack::shared().redis_url()));
  const PaceLimit carrier{"PACE_" + to_string(new_uuid7()), 1000};
  const PaceLimit sender{"PACE_" + to_string(new_uuid7()), 1};
  for (int i = 0; i < 10; ++i) (void)pace.reserve({sender}, 1, new_uuid7());
  const Uuid id = new_uuid7();
  EXPECT_GT(pace.reserve({carrier, sender}, 1, id), seconds(2));
  EXPECT_EQ(pace.reserve({carrier}, 1, new_uuid7()).count(), 0) << "other senders do not wait";
  EXPECT_EQ(pace.reserve({carrier, sender}, 1, id).count(), 0);
}

TEST(Pace, WithoutRedisAProcessKeepsToItsShare) {
  Config config = config_of("unix:/nonexistent/redis.sock");
  config.pace_share = 2;
  Pace pace(config);
  const PaceLimit route{"r", 100}, wide{"w", 100'000};
  int at_once = 0;
  while (at_once < 1000 && pace.reserve({wide, route}, 1, new_uuid7()).count() == 0) ++at_once;
  // 100 ms worth left over and 100 ms ahead, at 50 a second; a few more as time passes.
  EXPECT_GE(at_once, 5);
  EXPECT_LT(at_once, 1000);
}

class PaceTest : public testing::Test {
 protected:
  PaceTest() : service_(Stack::shared().fresh_database()) {
    sql("update routes set segments_per_s = " + std::to_string(kPerS) + " where code = 'ESMS_KE'");
    configuration_changed(service_.pg(), Stack::shared().redis_url());
  }
  void sql(const std::string& text) { sql_of_test(service_.pg(), text); }
  int64_t number(const std::string& text) { return number_of(service_.pg(), text); }

  // A campaign of `count` Kenyans; its account.
  int64_t campaign(int count, const std::string& text) {
    const int64_t account = seed_account(service_.pg());
    std::string body = R"({"text":")" + text + R"(","recipients":[)";
    for (int i = 0; i < count; ++i) {
      body += (i > 0 ? "," : "") + std::string(R"({"to":"+2547)") + std::to_string(12'001'000 + i) +
              "\"}";
    }
    const std::string key = seed_key(service_.pg(), account);
    const HttpAnswer sent = client_.post(key, "/api/messages/send-bulk", body + "]}");
    EXPECT_EQ(sent.status, 200) << sent.body;
    return account;
  }
  int64_t segments_made(int64_t account) {
    return number(
        "select coalesce(sum(segments), 0) from messages where submitted_at is not null"
        " and account_id = " +
        std::to_string(account));
  }
  // At no moment had more left than fits the rate since `start`, the burst apart: who is late is
  // not counted against it.
  void expect_rate_kept_since(Instant start) {
    const int64_t most_ahead_ms = number(
        "select max(due_s - extract(epoch from submitted_at)) * 1000 from (select submitted_at, " +
        std::to_string(unix_micros(start)) +
        " / 1e6 + sum(segments) over (order by submitted_at)"
        " / " +
        std::to_string(kPerS) +
        ".0 as due_s from messages"
        " where submitted_at is not null) as s");
    EXPECT_LE(most_ahead_ms, 300);
  }

  Service service_;
  HttpClient client_ = service_.client();
};

TEST_F(PaceTest, CampaignsOfTwoAccountsShareTheRouteInSegments) {
  const Instant start = now();
  const int64_t one = campaign(400, "short");
  const int64_t two = campaign(133, std::string(400, 'x'));  // three segments each
  Process scheduler = service_.scheduler(30);
  // A single message passes the rest of both.
  ASSERT_TRUE(wait_until([&] { return segments_made(one) + segments_made(two) > 0; }));
  const std::string key = seed_key(service_.pg(), one);
  const HttpAnswer single =
      client_.post(key, "/api/messages/send", R"({"to":"+254733000111","text":"Code 1234"})");
  EXPECT_NE(single.body.find(R"("status":"submitted")"), std::string::npos) << single.body;
  EXPECT_LT(segments_made(one) + segments_made(two), 799);
  ASSERT_TRUE(wait_until([&] { return segments_made(one) + segments_made(two) >= 300; }));
  const int64_t of_one = segments_made(one), of_two = segments_made(two);
  EXPECT_GT(of_one, 75) << of_two;
  EXPECT_GT(of_two, 75) << of_one;
  ASSERT_TRUE(wait_until([&] { return segments_made(one) + segments_made(two) >= 800; }));
  expect_rate_kept_since(start);
  EXPECT_EQ(number("select count(*) from messages"), 534);
  scheduler.stop();
  EXPECT_EQ(service_.reconcile(), 0);
}

TEST_F(PaceTest, SinglesBeyondTheRateWaitForTheirSlotOnce) {
  const std::string key = seed_key(service_.pg(), seed_account(service_.pg()));
  Process scheduler = service_.scheduler(30);
  const Instant start = now();
  int queued = 0;
  for (int i = 0; i < 300; ++i) {
    const HttpAnswer sent =
        client_.post(key, "/api/messages/send",
                     R"({"to":"+2547)" + std::to_string(12'001'000 + i) + R"(","text":"Hi"})");
    ASSERT_EQ(sent.status, 200) << sent.body;
    if (sent.body.find(R"("status":"queued")") != std::string::npos) ++queued;
  }
  EXPECT_TRUE(wait_until(
      [&] { return number("select count(*) from messages where submitted_at is null") == 0; }));
  expect_rate_kept_since(start);
  EXPECT_EQ(number("select count(*) from message_events where event = 'paced'"), queued);
  EXPECT_EQ(number("select count(*) from message_events where event_key = 'paced:2'"), 0);
  // Test keys never reach a carrier, so they have no limit.
  const std::string test = seed_key(service_.pg(), seed_account(service_.pg()), KeyKind::kTest);
  sql("update routes set segments_per_s = 1 where code = 'ESMS_KE'");
  configuration_changed(service_.pg(), Stack::shared().redis_url());
  for (int i = 0; i < 5; ++i) {
    const HttpAnswer sent =
        client_.post(test, "/api/messages/send", R"({"to":"+254712009000","text":"Hi"})");
    EXPECT_NE(sent.body.find(R"("status":"submitted")"), std::string::npos) << sent.body;
  }
  scheduler.stop();
  EXPECT_EQ(service_.reconcile(), 0);
}

}  // namespace pace_test
}  // namespace dundun
