// The webhook job inside the test, with a resolver of the test's own: where connections go, and
// that no customer waits for another.
#include "scheduler/webhook_job.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>

#include "common/io/crypto.h"
#include "common/webhooks/endpoints.h"
#include "tests/support/http_stand_in.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"

namespace dundun {
namespace webhook_job_test {

using namespace std::chrono_literals;
using Seen = HttpStandIn::Seen;
using Reply = HttpStandIn::Reply;

constexpr int64_t kAccount = 7;

class WebhookJobTest : public testing::Test {
 protected:
  WebhookJobTest() : database_(Stack::shared().fresh_database()), pg_(patient(database_)) {
    config_.secrets_key = std::string(32, 'k');
    config_.webhooks.lease = 2s;
  }

  // An endpoint with so many deliveries waiting.
  std::string endpoint(const std::string& url, int waiting) {
    const std::string id = to_string(new_uuid7());
    const std::string sealed =
        to_hex(seal(config_.secrets_key, new_webhook_secret(), webhook_secret_owner(kAccount)));
    const std::string account = std::to_string(kAccount);
    sql_of_test(pg_,
                "insert into webhook_endpoints (account_id, endpoint_id, kind, url, events, "
                "secret) values (" +
                    account + ", '" + id + "', 4, '" + url + "', 1, '\\x" + sealed + "')");
    sql_of_test(pg_,
                "insert into webhook_deliveries (account_id, delivery_id, endpoint_id, kind, "
                "event, body) select " +
                    account + ", uuid7_now(), '" + id +
                    "', 4, 'message.inbound', '{}' from generate_series(1, " +
                    std::to_string(waiting) + ")");
    sql_of_test(pg_,
                "insert into webhook_queue (account_id, delivery_id, endpoint_id, "
                "next_attempt_at) select account_id, delivery_id, endpoint_id, now() from "
                "webhook_deliveries where endpoint_id = '" +
                    id + "'");
    return id;
  }
  int64_t count(const std::string& endpoint, const std::string& condition) {
    return number_of(pg_, "select count(*) from webhook_deliveries where endpoint_id = '" +
                              endpoint + "' and " + condition);
  }
  // Runs the job until the condition holds.
  template <class Condition>
  bool run_until(const OutboundRules& rules, const Resolver::Lookup& lookup, Condition condition) {
    Pg pg({.url = database_});
    WebhookJob job(config_, rules, pg, lookup);
    const bool met = wait_until([&] {
      job.run(5ms);
      return condition();
    });
    job.finish();
    return met;
  }
  static std::vector<IpAddress> addresses(std::initializer_list<const char*> texts) {
    std::vector<IpAddress> result;
    for (const char* text : texts) result.push_back(*IpAddress::parse(text));
    return result;
  }
  static std::string port_of(const HttpStandIn& sink) {
    return sink.url().substr(sink.url().rfind(':'));
  }

  std::string database_;
  Pg pg_;
  Config config_;
};

Resolver::Lookup nobody() {
  return [](const std::string&) { return std::vector<IpAddress>(); };
}

TEST_F(WebhookJobTest, AConnectionGoesToTheAddressThatWasChecked) {
  HttpStandIn sink([](const Seen&) { return Reply{}; });
  const std::string id = endpoint("http://hook.example.invalid" + port_of(sink) + "/x", 3);
  std::atomic<int> asked{0};
  // Only the first look-up gives the harmless address: whoever asks again is led elsewhere.
  const auto lookup = [&](const std::string& host) {
    EXPECT_EQ(host, "hook.example.invalid");
    return addresses({++asked == 1 ? "127.0.0.1" : "127.0.0.2"});
  };
  const OutboundRules rules = *OutboundRules::parse("127.0.0.1");
  EXPECT_TRUE(run_until(rules, lookup, [&] { return count(id, "state = 2") == 3; }));
  ASSERT_EQ(sink.seen().size(), 3u);
  EXPECT_EQ(sink.seen()[0].headers.at("host"), "hook.example.invalid" + port_of(sink));
}

TEST_F(WebhookJobTest, ANameThatNowMeansOurOwnNetworkIsNotCalled) {
  HttpStandIn sink([](const Seen&) { return Reply{}; });
  const OutboundRules rules = *OutboundRules::parse("127.0.0.2");
  for (const auto& found : {addresses({"127.0.0.1"}), addresses({"127.0.0.2", "127.0.0.1"}),
                            addresses({"127.0.0.1", "127.0.0.2"}), addresses({"::ffff:127.0.0.1"}),
                            addresses({"169.254.169.254"}), addresses({})}) {
    const std::string id = endpoint("http://hook.example.invalid" + port_of(sink) + "/x", 1);
    const auto lookup = [&](const std::string&) { return found; };
    EXPECT_TRUE(run_until(rules, lookup, [&] { return count(id, "attempts = 1") == 1; }));
    EXPECT_EQ(count(id, "state = 1 and last_status is null and last_error like 'the host %'"), 1);
  }
  const std::string literal = endpoint(sink.url(), 1);
  EXPECT_TRUE(run_until(rules, nobody(), [&] { return count(literal, "attempts = 1") == 1; }));
  EXPECT_TRUE(sink.seen().empty());
}

// As if a check had been talked round: the socket itself looks at where it goes.
TEST_F(WebhookJobTest, NoSocketOpensToAnAddressThatIsNotAllowed) {
  HttpStandIn sink([](const Seen&) { return Reply{}; });
  const OutboundRules allowing = *OutboundRules::parse("127.0.0.1");
  const OutboundRules rules = *OutboundRules::parse("127.0.0.2");
  HttpMulti http(rules, 4);
  OutboundCall call;
  call.url = *OutboundUrl::parse("http://hook.example.invalid" + port_of(sink), allowing);
  call.addresses = addresses({"127.0.0.1"});
  http.start(call, 1);
  call.url = *OutboundUrl::parse(sink.url(), allowing);
  http.start(call, 2);
  std::vector<HttpMulti::Finished> finished;
  EXPECT_TRUE(wait_until([&] {
    for (auto& one : http.poll(5ms)) finished.push_back(std::move(one));
    return finished.size() == 2;
  }));
  for (const auto& one : finished) {
    EXPECT_EQ(one.reply.status, 0);
    EXPECT_FALSE(one.reply.error.empty());
  }
  EXPECT_TRUE(sink.seen().empty());
}

TEST_F(WebhookJobTest, ASlowEndpointHoldsUpNobodyAndIsNeverCalledMoreThanFourTimesAtOnce) {
  std::mutex mutex;
  std::condition_variable free;
  bool released = false;
  int at_once = 0, at_once_most = 0;
  HttpStandIn slow([&](const Seen&) {
    std::unique_lock lock(mutex);
    at_once_most = std::max(at_once_most, ++at_once);
    free.wait(lock, [&] { return released; });
    --at_once;
    return Reply{};
  });
  HttpStandIn quick([](const Seen&) { return Reply{}; });
  const std::string slow_id = endpoint(slow.url(), 20);
  const std::string quick_id = endpoint(quick.url(), 60);
  const OutboundRules rules = *OutboundRules::parse("127.0.0.1");
  EXPECT_TRUE(run_until(rules, nobody(), [&] {
    if (count(quick_id, "state = 2") < 60) return false;
    std::lock_guard lock(mutex);
    EXPECT_TRUE(released || at_once == 4) << at_once;
    released = true;
    free.notify_all();
    return true;
  }));
  EXPECT_TRUE(run_until(rules, nobody(), [&] { return count(slow_id, "state = 2") == 20; }));
  EXPECT_EQ(at_once_most, 4);
}

TEST_F(WebhookJobTest, ANameWhoseServerHangsHoldsUpNobody) {
  HttpStandIn sink([](const Seen&) { return Reply{}; });
  std::mutex mutex;
  std::condition_variable free;
  bool released = false;
  const auto lookup = [&](const std::string& host) {
    if (host == "quick.example.invalid") return addresses({"127.0.0.1"});
    std::unique_lock lock(mutex);
    free.wait(lock, [&] { return released; });
    return addresses({});
  };
  for (int i = 0; i < 8; ++i) {
    endpoint("http://slow" + std::to_string(i) + ".example.invalid" + port_of(sink), 5);
  }
  const std::string id = endpoint("http://quick.example.invalid" + port_of(sink), 5);
  const OutboundRules rules = *OutboundRules::parse("127.0.0.1");
  EXPECT_TRUE(run_until(rules, lookup, [&] {
    if (count(id, "state = 2") < 5) return false;
    std::lock_guard lock(mutex);
    released = true;
    free.notify_all();
    return true;
  }));
}

TEST_F(WebhookJobTest, AnotherJobTakesNoLaneThatIsHeldAndAnExpiredOneRecordsNothing) {
  HttpStandIn sink([](const Seen&) { return Reply{}; });
  const std::string id = endpoint(sink.url(), 1);
  const OutboundRules rules = *OutboundRules::parse("127.0.0.1");
  // Somebody else's lane: nothing is called while the lease lasts.
  sql_of_test(pg_,
              "insert into webhook_lanes (account_id, endpoint_id, token, lease_until) values "
              "(7, '" +
                  id + "', gen_random_uuid(), now() + interval '1 hour')");
  Pg pg({.url = database_});
  WebhookJob job(config_, rules, pg, nobody());
  for (int round = 0; round < 20; ++round) job.run(5ms);
  EXPECT_TRUE(sink.seen().empty());
  // The lease ends; then the lane is stolen while the call is under way.
  sql_of_test(pg_, "update webhook_lanes set lease_until = now()");
  std::atomic<bool> stolen{false};
  sink.play([&](const Seen&) {
    Pg thief({.url = database_});
    sql_of_test(thief,
                "update webhook_lanes set token = gen_random_uuid(), lease_until = now() + "
                "interval '1 hour'");
    stolen = true;
    return Reply{};
  });
  ASSERT_TRUE(wait_until([&] {
    job.run(5ms);
    return stolen.load();
  }));
  for (int round = 0; round < 20; ++round) job.run(5ms);
  EXPECT_EQ(count(id, "state = 1 and attempts = 0"), 1);
  sink.play([](const Seen&) { return Reply{}; });
  sql_of_test(pg_, "update webhook_lanes set lease_until = now()");
  EXPECT_TRUE(wait_until([&] {
    job.run(5ms);
    return count(id, "state = 2") == 1;
  }));
  ASSERT_EQ(sink.seen().size(), 2u);
  EXPECT_EQ(sink.seen()[0].headers.at("webhook-id"), sink.seen()[1].headers.at("webhook-id"));
}

TEST_F(WebhookJobTest, ALongLaneOfADeadEndpointIsSteppedOver) {
  HttpStandIn dead([](const Seen&) { return Reply{500, "", ""}; });
  HttpStandIn alive([](const Seen&) { return Reply{}; });
  const std::string dead_id = endpoint(dead.url(), 50'000);
  const std::string alive_id = endpoint(alive.url(), 20);
  const OutboundRules rules = *OutboundRules::parse("127.0.0.1");
  EXPECT_TRUE(run_until(rules, nobody(), [&] { return count(alive_id, "state = 2") == 20; }));
  // After ten failures in a row the dead one rests, and what waits for it keeps its first attempt.
  EXPECT_TRUE(run_until(rules, nobody(), [&] {
    return number_of(pg_, "select count(*) from webhook_lanes where not_before > now()") == 1;
  }));
  EXPECT_LT(dead.seen().size(), 40u);
  EXPECT_GT(count(dead_id, "attempts = 0"), 49'900);
}

// A transaction that holds its snapshot (an export, a forgotten session) keeps in the index what
// was deleted. Each look for work would read all of it again.
TEST_F(WebhookJobTest, WhatIsGoneIsNotReadAgainThoughASnapshotHoldsIt) {
  HttpStandIn sink([](const Seen&) { return Reply{}; });
  const std::string id = endpoint(sink.url(), 0);
  Pg holder({.url = database_});
  sql_of_test(holder, "begin isolation level repeatable read");
  sql_of_test(holder, "select 1 from accounts");
  const std::string gone = std::to_string(kAccount) + ", uuid7_now(), '" + id + "'";
  sql_of_test(pg_,
              "insert into webhook_queue (account_id, delivery_id, endpoint_id, next_attempt_at) "
              "select " +
                  gone + ", now() - interval '1 hour' from generate_series(1, 20000)");
  sql_of_test(pg_, "delete from webhook_queue");
  Pg pg({.url = database_});
  const OutboundRules rules = *OutboundRules::parse("127.0.0.1");
  WebhookJob job(config_, rules, pg, nobody());
  const auto entries_read = [&] {  // PostgreSQL counts them once a second
    const auto end = std::chrono::steady_clock::now() + 2500ms;
    while (std::chrono::steady_clock::now() < end) job.run(5ms);
    return number_of(pg_,
                     "select sum(idx_tup_read)::bigint from pg_stat_user_indexes "
                     "where relname = 'webhook_queue'");
  };
  const int64_t before = entries_read();
  EXPECT_LT(entries_read() - before, 20'000);
  sql_of_test(pg_,
              "insert into webhook_deliveries (account_id, delivery_id, endpoint_id, kind, "
              "event, body) select " +
                  gone + ", 4, 'message.inbound', '{}'");
  sql_of_test(pg_,
              "insert into webhook_queue (account_id, delivery_id, endpoint_id, "
              "next_attempt_at) select account_id, delivery_id, endpoint_id, now() "
              "from webhook_deliveries");
  EXPECT_TRUE(wait_until([&] {
    job.run(5ms);
    return count(id, "state = 2") == 1;
  }));
  job.finish();
}

TEST_F(WebhookJobTest, OfAnEndlessAnswerOnlyItsStatusCounts) {
  HttpStandIn sink([](const Seen&) { return Reply{200, std::string(1 << 20, 'x'), ""}; });
  const std::string id = endpoint(sink.url(), 1);
  const OutboundRules rules = *OutboundRules::parse("127.0.0.1");
  EXPECT_TRUE(run_until(rules, nobody(), [&] { return count(id, "state = 2") == 1; }));
  EXPECT_EQ(count(id, "length(last_answer) = 256"), 1);
}

}  // namespace webhook_job_test
}  // namespace dundun
