// Several carriers a route: who is asked, by priority, cost, weight and an account's own choice;
// what `explain`, `/routes/health` and administrators see of it; and the throughput of legs and
// senders.
#include <gtest/gtest.h>

#include "common/io/json.h"
#include "tests/support/browser.h"
#include "tests/support/disturbance.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/stand_in_carrier.h"
#include "tests/support/text.h"

namespace dundun {
namespace routing_test {

using Mood = StandInCarrier::Mood;

class RoutingTest : public testing::Test {
 protected:
  RoutingTest() {
    flush_redis();  // the breakers of another test's carriers
    const std::string folder = Stack::shared().folder() + "/routing-carriers";
    const std::string database = Stack::shared().fresh_database();
    Pg before({.url = database});
    for (StandInCarrier* carrier : {&a_, &b_, &c_}) carrier->set_up(before, folder);
    Service::Options options;
    options.environment = {{"CARRIER_SECRETS_DIR", folder}, {"BREAKER_OPEN_MS", "60000"}};
    service_ = std::make_unique<Service>(database, options);
    client_ = std::make_unique<HttpClient>(service_->client());
    account_ = seed_account(pg());
    key_ = seed_key(pg(), account_);
    const std::string email = "ops@kijani.example";
    seed_user(pg(), account_, email, "admin");
    admin_ = std::make_unique<Browser>(service_->client());
    EXPECT_EQ(admin_->login(email, kTestPassword).status, 200);
  }
  Pg& pg() { return service_->pg(); }
  HttpAnswer ask(const std::string& method, const std::string& path, const std::string& body = "") {
    return admin_->send(method, "/api/admin" + path, body);
  }
  void leg(const std::string& more) {
    const HttpAnswer made = ask("POST", "/routes/ESMS_KE/carriers", "{" + more + "}");
    EXPECT_EQ(made.status, 201) << made.body;
  }
  HttpAnswer send_as(const std::string& key) {
    return client_->post(key, "/api/messages/send", R"({"to":"+254712345678","text":"Hi"})");
  }
  std::string send() {
    const HttpAnswer sent = send_as(key_);
    EXPECT_EQ(sent.status, 200) << sent.body;
    const auto document = JsonDocument::parse(sent.body);
    return std::string(document->root().find("id")->string());
  }
  // Sends one; which carrier took it.
  std::string taken_by() {
    std::map<std::string, int64_t> before;
    for (StandInCarrier* carrier : {&a_, &b_, &c_}) before[carrier->name()] = carrier->count();
    (void)send();
    for (StandInCarrier* carrier : {&a_, &b_, &c_}) {
      if (carrier->count() > before[carrier->name()]) return carrier->name();
    }
    return "nobody";
  }
  // Once the outcome of the message is recorded.
  std::string explain(const std::string& id) {
    EXPECT_TRUE(wait_until([&] {
      return number_of(pg(),
                       "select count(*) from messages where submitted_at is null and "
                       "failed_at is null") == 0;
    }));
    return client_->get(key_, "/api/messages/" + id + "/explain").body;
  }

  StandInCarrier a_{"a"}, b_{"b"}, c_{"c"};
  std::unique_ptr<Service> service_;
  std::unique_ptr<HttpClient> client_;
  std::unique_ptr<Browser> admin_;
  int64_t account_ = 0;
  std::string key_;
};

TEST_F(RoutingTest, PriorityThenLeastCostDecide) {
  leg(R"("carrier":"a","priority":2,"cost_per_segment":0.004)");
  leg(R"("carrier":"b","priority":1,"cost_per_segment":0.009)");
  leg(R"("carrier":"c","priority":3,"cost_per_segment":"0.0045")");
  EXPECT_EQ(taken_by(), "b");
  EXPECT_EQ(ask("PUT", "/routes/ESMS_KE", R"({"policy":"least_cost"})").status, 200);
  EXPECT_EQ(taken_by(), "a");
  EXPECT_EQ(ask("PUT", "/routes/ESMS_KE/carriers/a", R"({"is_active":false})").status, 200);
  EXPECT_EQ(taken_by(), "c");
  EXPECT_EQ(ask("DELETE", "/routes/ESMS_KE/carriers/c").status, 204);
  EXPECT_EQ(taken_by(), "b");
}

TEST_F(RoutingTest, ARouteWithoutCarriersLeavesByItsConnector) {
  EXPECT_EQ(ask("PUT", "/routes/ESMS_KE", R"({"connector":"c"})").status, 200);
  EXPECT_EQ(taken_by(), "c");
  leg(R"("carrier":"a")");
  EXPECT_EQ(taken_by(), "a");
  EXPECT_EQ(ask("DELETE", "/routes/ESMS_KE/carriers/a").status, 204);
  EXPECT_EQ(taken_by(), "c");
}

TEST_F(RoutingTest, EqualsShareByWeight) {
  leg(R"("carrier":"a","weight":3)");
  leg(R"("carrier":"b","weight":1)");
  for (int i = 0; i < 80; ++i) (void)send();
  EXPECT_EQ(a_.count() + b_.count(), 80);
  EXPECT_GT(a_.count(), b_.count());
  EXPECT_GT(b_.count(), 0);
}

TEST_F(RoutingTest, AnAccountsOverridesAreItsOwn) {
  leg(R"("carrier":"a","priority":1)");
  leg(R"("carrier":"b","priority":2)");
  const std::string overrides = "/accounts/" + std::to_string(account_) + "/carrier-overrides";
  const HttpAnswer made =
      ask("POST", overrides, R"({"carrier":"c","choice":"pinned","country_code":"KE"})");
  EXPECT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(taken_by(), "c");
  const std::string other = seed_key(pg(), seed_account(pg()));
  EXPECT_EQ(send_as(other).status, 200);
  EXPECT_EQ(a_.count(), 1);
  // A pinned carrier is the only one, whatever happens to it.
  c_.be(Mood::kRefuses);
  EXPECT_EQ(taken_by(), "nobody");
  const auto document = JsonDocument::parse(made.body);
  const std::string id = std::to_string(document->root().find("id")->integer());
  EXPECT_EQ(ask("DELETE", overrides + "/" + id).status, 204);
  EXPECT_EQ(ask("DELETE", overrides + "/" + id).status, 404);
  EXPECT_EQ(
      ask("POST", overrides, R"({"carrier":"b","choice":"preferred","route":"ESMS_KE"})").status,
      201);
  EXPECT_EQ(taken_by(), "b");
  b_.be(Mood::kRefuses);
  EXPECT_EQ(taken_by(), "a") << "preferred is not pinned";
  EXPECT_EQ(ask("POST", overrides, R"({"carrier":"a","choice":"excluded"})").status, 201);
  EXPECT_EQ(taken_by(), "nobody");
}

TEST_F(RoutingTest, ExplainTellsWhyAndShowsNamesAndCostsToThePlatformOnly) {
  leg(R"("carrier":"a","priority":1,"cost_per_segment":0.009)");
  leg(R"("carrier":"b","priority":2,"cost_per_segment":0.004)");
  leg(R"("carrier":"c","priority":3)");
  EXPECT_EQ(ask("PUT", "/routes/ESMS_KE/carriers/c", R"({"is_active":false})").status, 200);
  const std::string first = send();
  a_.be(Mood::kNotRoutable);
  const std::string second = send();
  a_.be(Mood::kTakes);
  const std::string plain = explain(first);
  EXPECT_TRUE(contains(plain, R"("carriers":{"policy":"priority","as_of":")")) << plain;
  EXPECT_TRUE(contains(
      plain, R"("candidates":[{"position":1,"reason":"the first by priority","took_it":true},)"
             R"({"position":2,"reason":"comes after the one before it","took_it":false},)"
             R"({"position":3,"reason":"was not active","took_it":false}]})"))
      << plain;
  const std::string away = explain(second);
  EXPECT_TRUE(contains(away, R"({"position":1,"reason":"asked: The gateway refused the message. )"
                             R"(Another carrier is asked.","took_it":false},)"
                             R"({"position":2,"reason":"the next that could take it",)"
                             R"("took_it":true})"))
      << away;
  // The configuration of then counts.
  EXPECT_EQ(ask("DELETE", "/routes/ESMS_KE/carriers/a").status, 204);
  EXPECT_EQ(explain(first), plain);
  const std::string path = "/accounts/" + std::to_string(account_) + "/messages/" + second;
  const std::string all = ask("GET", path + "/carriers").body;
  EXPECT_TRUE(contains(all, R"("took_it":true,"carrier":"b","priority":2,"weight":1,)"
                            R"("cost_per_segment":0.004})"))
      << all;
  // Owners see that it went elsewhere, and not to whom.
  const std::string shown = client_->get(key_, "/api/messages/" + second).body;
  EXPECT_TRUE(contains(shown, R"("event":"rerouted")")) << shown;
  EXPECT_FALSE(contains(shown, R"("a")") || contains(shown, ":b")) << shown;
}

TEST_F(RoutingTest, HealthShowsEachCarrierAndItsBreaker) {
  leg(R"("carrier":"a","priority":1)");
  leg(R"("carrier":"b","priority":2)");
  a_.be(Mood::kRefuses);
  for (int i = 0; i < 20; ++i) (void)send();
  EXPECT_LT(a_.asked(), 20) << "the breaker keeps it out";
  EXPECT_EQ(b_.count(), 20);
  EXPECT_TRUE(wait_until([&] {
    return number_of(pg(), "select count(*) from messages where status = 3 and carrier = 'b'") ==
           20;
  }));
  sql_of_test(pg(),
              "insert into route_hourly (route, carrier, hour, shard, delivered, failed) values"
              " ('ESMS_KE', 'b', date_trunc('hour', now()), 1, 9, 1),"
              " ('ESMS_KE', 'a', date_trunc('hour', now()), 1, 0, 10)");
  const std::string health = client_->get(key_, "/api/routes/health").body;
  EXPECT_TRUE(contains(health,
                       R"("total":20,"delivered":9,"failed":11,"delivery_rate":45.0,)"
                       R"("status":"down","carriers":[{"total":10,"delivered":0,"failed":10,)"
                       R"("delivery_rate":0.0,"is_active":true,"breaker":"open",)"
                       R"("last_failure_at":"2)"))
      << health;
  EXPECT_TRUE(contains(health, R"({"total":10,"delivered":9,"failed":1,"delivery_rate":90.0,)"
                               R"("is_active":true,"breaker":"closed","last_failure_at":null})"))
      << health;
  EXPECT_FALSE(contains(health, R"("carrier":)"));
  const std::string carriers = ask("GET", "/carriers").body;
  EXPECT_TRUE(contains(carriers, R"("breaker":"open","last_failure_at":"2)")) << carriers;
  EXPECT_TRUE(contains(carriers, R"("last_error":"The gateway does not let us in.")")) << carriers;
  const std::string legs = ask("GET", "/routes/ESMS_KE/carriers").body;
  EXPECT_TRUE(contains(legs, R"("breaker":"open"},{"carrier":"b",)")) << legs;
}

TEST_F(RoutingTest, ASendersThroughputIsItsOwn) {
  leg(R"("carrier":"a")");
  EXPECT_EQ(ask("PUT", "/carriers/a", R"({"sender_segments_per_s":1})").status, 200);
  int queued = 0;
  for (int i = 0; i < 10; ++i) queued += contains(send_as(key_).body, R"("status":"queued")");
  EXPECT_GT(queued, 3);
  sql_of_test(pg(), "insert into sender_ids (account_id, name, countries, status) values (" +
                        std::to_string(account_) + ", 'Kijani', '{KE}', 2)");
  configuration_changed(pg(), Stack::shared().redis_url());
  const HttpAnswer other = client_->post(
      key_, "/api/messages/send", R"({"to":"+254712345678","text":"Hi","sender_id":"Kijani"})");
  EXPECT_TRUE(contains(other.body, R"("status":"submitted")")) << other.body;
  // A leg's limit holds for all senders; 0 takes a limit away.
  EXPECT_EQ(ask("PUT", "/carriers/a", R"({"sender_segments_per_s":0})").status, 200);
  EXPECT_EQ(ask("PUT", "/routes/ESMS_KE/carriers/a", R"({"segments_per_s":1})").status, 200);
  queued = 0;
  for (int i = 0; i < 5; ++i) queued += contains(send_as(key_).body, R"("status":"queued")");
  EXPECT_GT(queued, 1);
}

TEST_F(RoutingTest, WrongInputIsNamedAndChangesNothing) {
  const std::string legs = "/routes/ESMS_KE/carriers";
  const std::string overrides = "/accounts/" + std::to_string(account_) + "/carrier-overrides";
  const auto refused = [&](const std::string& path, const std::string& body,
                           const std::string& field) {
    const HttpAnswer answer = ask("POST", path, body);
    EXPECT_EQ(answer.status, 422) << answer.body;
    EXPECT_TRUE(contains(answer.body, "\"" + field + "\"")) << answer.body;
  };
  refused(legs, R"({"carrier":"nobody"})", "carrier");
  refused(legs, R"({"carrier":"../a"})", "carrier");
  refused(legs, R"({"carrier":"a","priority":0})", "priority");
  refused(legs, R"({"carrier":"a","weight":1001})", "weight");
  refused(legs, R"({"carrier":"a","cost_per_segment":-1})", "cost_per_segment");
  refused(legs, R"({"carrier":"a","segments_per_s":-1})", "segments_per_s");
  refused(overrides, R"({"carrier":"a","choice":"maybe"})", "choice");
  refused(overrides, R"({"carrier":"a","choice":"pinned","country_code":"XX"})", "country_code");
  refused(overrides, R"({"carrier":"a","choice":"pinned","route":"NONE"})", "route");
  refused(overrides, R"({"carrier":"a","choice":"pinned","route":"ESMS_KE","country_code":"KE"})",
          "route");
  EXPECT_EQ(ask("POST", "/routes/NONE/carriers", R"({"carrier":"a"})").status, 404);
  EXPECT_EQ(ask("PUT", legs + "/a", R"({"weight":2})").status, 404);
  EXPECT_EQ(ask("PUT", "/routes/ESMS_KE", R"({"policy":"dice"})").status, 422);
  EXPECT_EQ(ask("PUT", "/carriers/a", R"({"segments_per_s":-1})").status, 422);
  EXPECT_EQ(number_of(pg(), "select count(*) from route_carriers"), 0);
  EXPECT_EQ(number_of(pg(), "select count(*) from carrier_overrides"), 0);
  leg(R"("carrier":"a")");
  EXPECT_EQ(ask("POST", legs, R"({"carrier":"a"})").status, 409);
  EXPECT_EQ(number_of(pg(), "select count(*) from audit_log where action = 'route_carrier.added'"),
            1);
}

}  // namespace routing_test
}  // namespace dundun
