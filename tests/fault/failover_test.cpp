// Two carriers of one route on the first one's bad day: refusing, throttling, hanging, flapping,
// dead and back; with Redis flushed and gone, and our own processes killed while messages go from
// one to the other. Counted at the carriers: nobody gets a message twice, none is lost.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "common/io/json.h"
#include "tests/support/disturbance.h"
#include "tests/support/stand_in_carrier.h"

namespace dundun {
namespace failover_test {

using namespace std::chrono_literals;
using Mood = StandInCarrier::Mood;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

class FailoverTest : public testing::Test {
 protected:
  void start(bool guarded, std::map<std::string, std::string> more = {}) {
    flush_redis();  // the breakers of another test's carriers
    first_ = std::make_unique<StandInCarrier>("first", guarded);
    second_ = std::make_unique<StandInCarrier>("second", guarded);
    const std::string folder = Stack::shared().folder() + "/failover-carriers";
    const std::string database = Stack::shared().fresh_database();
    Pg before({.url = database});
    first_->set_up(before, folder);
    second_->set_up(before, folder);
    sql_of_test(before,
                "insert into route_carriers (route_id, carrier, priority) select route_id,"
                " c.carrier, c.priority from routes, (values ('first', 1), ('second', 2))"
                " as c (carrier, priority) where code = 'ESMS_KE'");
    Service::Options options;
    options.messages_workers = 2;
    more.insert({{"CARRIER_SECRETS_DIR", folder},
                 {"BREAKER_OPEN_MS", "1000"},
                 {"SUBMIT_DOUBT_S", "3"},
                 {"SUBMIT_LEASE_MS", "2000"},
                 {"AUTO_RETRY_FIRST_S", "1"},
                 {"AUTO_RETRY_SECOND_S", "2"}});
    options.environment = more;
    service_ = std::make_unique<Service>(database, options);
    account_ = seed_account(pg(), {.live_micros = 100'000'000'000});
    key_ = seed_key(pg(), account_);
  }
  void TearDown() override {
    stop_sending();
    Stack::shared().start_redis();
  }
  Pg& pg() { return service_->pg(); }
  int64_t count(const std::string& where) {
    return number_of(pg(), "select count(*) from messages where " + where);
  }

  // Singles, one after the other, as long as the test lasts.
  void keep_sending() {
    sender_ = std::thread([this] {
      HttpClient client(service_->http_address(), 10);
      for (int i = 0; !stopping_; ++i) {
        const std::string to = "+2547120" + std::to_string(10'000 + i % 90'000);
        const HttpAnswer sent =
            client.post(key_, "/api/messages/send", R"({"to":")" + to + R"(","text":"Gate 4"})");
        if (sent.status == 200) ++accepted_;
        std::this_thread::sleep_for(5ms);
      }
    });
  }
  void stop_sending() {
    stopping_ = true;
    if (sender_.joinable()) sender_.join();
  }
  void send_campaign(int recipients) {
    std::string body = R"({"text":"News","recipients":[)";
    for (int i = 0; i < recipients; ++i) {
      body += (i > 0 ? "," : "") + std::string(R"({"to":"+2547331)") + std::to_string(10'000 + i) +
              "\"}";
    }
    const HttpAnswer sent = service_->client().post(key_, "/api/messages/send-bulk", body + "]}");
    ASSERT_EQ(sent.status, 200) << sent.body;
    accepted_ += recipients;
  }

  // Every message has one fate, and it is the one that the carriers know of.
  void expect_each_sent_once() {
    stop_sending();
    EXPECT_TRUE(wait_until([&] { return count("status in (3, 6)") == accepted_; }))
        << count("status in (3, 6)") << " of " << accepted_.load();
    EXPECT_EQ(count("true"), accepted_);
    std::map<std::string, int> sent = first_->sent();
    for (const auto& [message, times] : second_->sent()) sent[message] += times;
    int doubled = 0;
    for (const auto& [message, times] : sent) doubled += times > 1 ? 1 : 0;
    EXPECT_EQ(doubled, 0) << "of " << sent.size() << " messages";
    const PgRows rows = sql_of_test(
        pg(),
        "select message_id, status, coalesce(error_code, ''), refunded, coalesce(carrier, '')"
        " from messages");
    int wrong = 0, in_doubt = 0;
    for (int row = 0; row < rows.size(); ++row) {
      const std::string id = to_hex(rows.uuid(row, 0));
      if (rows.i16(row, 1) == 3) {
        StandInCarrier& by = rows.text(row, 4) == "first" ? *first_ : *second_;
        wrong += by.sent().contains(id) ? 0 : 1;
      } else {
        ++in_doubt;
        wrong += rows.text(row, 2) == "SUBMIT_UNKNOWN" && rows.boolean(row, 3) ? 0 : 1;
      }
    }
    EXPECT_EQ(wrong, 0);
    std::printf("%d messages, %lld by the first, %lld by the second, %d in doubt, %lld rerouted\n",
                rows.size(), static_cast<long long>(first_->count()),
                static_cast<long long>(second_->count()), in_doubt,
                static_cast<long long>(number_of(
                    pg(), "select count(*) from message_events where event = 'rerouted'")));
    EXPECT_EQ(service_->reconcile(), 0);
  }

  // Bad times for the first carrier while singles and a campaign go out, and good ones again.
  void go_through(const std::string& what, const std::function<void()>& trouble,
                  const std::function<void()>& relief) {
    start(false);
    Process scheduler = service_->scheduler(600);
    keep_sending();
    ASSERT_TRUE(wait_until([&] { return first_->count() >= 50; }));
    EXPECT_EQ(second_->count(), 0);
    const auto bad_from = Clock::now();
    trouble();
    ASSERT_TRUE(wait_until([&] { return second_->count() > 0; }));
    std::printf("%s: failed over after %.3f s\n", what.c_str(), seconds_since(bad_from));
    send_campaign(300);
    ASSERT_TRUE(wait_until([&] { return second_->count() >= 350; })) << second_->count();
    const int64_t before = first_->count();
    const auto good_from = Clock::now();
    relief();
    ASSERT_TRUE(wait_until([&] { return first_->count() >= before + 20; }));
    std::printf("%s: recovered after %.3f s\n", what.c_str(), seconds_since(good_from));
    expect_each_sent_once();
  }

  std::unique_ptr<StandInCarrier> first_, second_;
  std::unique_ptr<Service> service_;
  int64_t account_ = 0;
  std::string key_;
  std::thread sender_;
  std::atomic<bool> stopping_{false};
  std::atomic<int> accepted_{0};
};

TEST_F(FailoverTest, ARefusingCarrierIsLeftAndComesBack) {
  go_through(
      "refusing", [&] { first_->be(Mood::kRefuses); }, [&] { first_->be(Mood::kTakes); });
}

TEST_F(FailoverTest, AHangingCarrierKeepsWhatItMayHaveAndTheRestGoesTheOtherWay) {
  go_through(
      "hanging", [&] { first_->be(Mood::kHangs); }, [&] { first_->be(Mood::kTakes); });
}

TEST_F(FailoverTest, ADeadCarrierIsLeftAndComesBackWhenItIsStarted) {
  go_through(
      "dead", [&] { first_->kill(); }, [&] { first_->start(); });
}

TEST_F(FailoverTest, AFlappingCarrierLosesNothing) {
  go_through(
      "flapping", [&] { first_->be(Mood::kFlaps); }, [&] { first_->be(Mood::kTakes); });
}

TEST_F(FailoverTest, WhileRedisIsFlushedAndGone) {
  start(false);
  Process scheduler = service_->scheduler(600);
  keep_sending();
  ASSERT_TRUE(wait_until([&] { return first_->count() >= 50; }));
  {
    const Every flushing(100ms, flush_redis);
    first_->be(Mood::kHangs);
    ASSERT_TRUE(wait_until([&] { return second_->count() >= 50; }));
  }
  Stack::shared().stop_redis();
  first_->be(Mood::kTakes);
  int64_t before = first_->count();
  ASSERT_TRUE(wait_until([&] { return first_->count() >= before + 50; })) << "without Redis";
  first_->kill();
  before = second_->count();
  ASSERT_TRUE(wait_until([&] { return second_->count() >= before + 50; })) << "without Redis";
  Stack::shared().start_redis();
  first_->start();
  before = first_->count();
  ASSERT_TRUE(wait_until([&] { return first_->count() >= before + 20; }));
  expect_each_sent_once();
}

// The breaker never opens, so that each message is refused by the first and goes to the second:
// somebody is killed in the middle of that.
class KilledFailoverTest : public FailoverTest {
 protected:
  void kill_while_failing_over(bool guarded) {
    // A lease that outlasts the killing: whoever is recovered too often is in doubt as well.
    start(guarded,
          {{"BREAKER_SAMPLE", "1000000"}, {"BREAKER_MIN", "1000000"}, {"SUBMIT_LEASE_MS", "8000"}});
    first_->be(Mood::kThrottles);
    Schedulers schedulers(*service_, 2);
    keep_sending();
    const int messages = full_size() ? 2000 : 500;
    const int kills_in_all = full_size() ? 12 : 6;
    send_campaign(messages);
    size_t turn = 0;
    for (int kills = 0; kills < kills_in_all; ++kills) {
      const int64_t before = second_->count();
      // Later the first takes them, and the second may get no more.
      wait_until([&] { return second_->count() >= before + 80; },
                 kills < kills_in_all / 2 ? 60 : 2);
      // Who fails too often is given up, and what somebody may have is then in doubt.
      if (kills == kills_in_all / 2) first_->be(guarded ? Mood::kTakes : Mood::kFlaps);
      schedulers.kill_one();
      Process& worker = service_->worker(turn % service_->workers());
      worker.kill_now();
      service_->start_worker(turn++ % service_->workers());
    }
    first_->be(Mood::kTakes);
    // What a killed worker had not answered may have been accepted all the same.
    stop_sending();
    accepted_ = 0;
    ASSERT_TRUE(wait_until([&] {
      return number_of(pg(), "select count(*) from batches where status = 5") == 1 &&
             count("status in (1, 2, 7)") == 0;
    }));
    accepted_ = static_cast<int>(count("true"));
    EXPECT_EQ(count("batch_id is not null"), messages);
    EXPECT_GT(number_of(pg(), "select count(*) from message_events where event = 'rerouted'"),
              messages / 4);
    expect_each_sent_once();
  }
};

TEST_F(KilledFailoverTest, CarriersThatCannotTellRepeatsApart) { kill_while_failing_over(false); }

TEST_F(KilledFailoverTest, CarriersThatCan) {
  kill_while_failing_over(true);
  EXPECT_EQ(count("status = 6"), 0) << "whoever can be asked again is in no doubt";
}

}  // namespace failover_test
}  // namespace dundun
