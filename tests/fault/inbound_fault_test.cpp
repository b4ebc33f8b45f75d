// Carriers repeat a text until they are answered 200; PostgreSQL is cut off meanwhile, workers are
// killed, Redis forgets. Each text is there once, each STOP is heeded, nobody is answered twice.
#include <gtest/gtest.h>

#include "common/io/crypto.h"
#include "tests/support/disturbance.h"

namespace dundun {
namespace {

constexpr const char* kSecret = "secret of the fault test";

int64_t make_numbers(Service& service) {
  const int64_t account = seed_account(service.pg());
  sql_of_test(service.pg(),
              "insert into carriers (carrier, secret_hashes) values ('loopback',"
              " array['\\x" +
                  to_hex(sha256(kSecret)) + "'::bytea])");
  sql_of_test(service.pg(),
              "insert into inbound_numbers (number, country, account_id, auto_reply)"
              " values ('20880', 'KE', " +
                  std::to_string(account) + ", 'Asante')");
  configuration_changed(service.pg(), Stack::shared().redis_url());
  return account;
}

// One of ten is a STOP, each from a phone of its own that the loopback carrier delivers to.
std::string text_of(int number) {
  return R"({"id":"f-)" + std::to_string(number) + R"(","from":"+2547123)" +
         std::to_string(20100 + number) + R"(","to":"20880","text":")" +
         (number % 10 == 0 ? "STOP" : "Hello") + "\"}";
}

// As a carrier: until it is taken. Tries that met no clean answer.
int bring(HttpClient& client, int number) {
  int disturbed = 0;
  while (true) {
    const HttpAnswer answer = client.send(
        "POST", "/carrier/loopback/mo",
        {{"Authorization", std::string("Bearer ") + kSecret}, {"Content-Type", "application/json"}},
        text_of(number));
    if (answer.status == 200) return disturbed;
    EXPECT_TRUE(answer.status == 503 || answer.status == 502 || answer.status == 0)
        << answer.status << answer.body;
    ++disturbed;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

TEST(InboundFaultTest, EachTextIsTakenOnceThroughRestartsAndFlushes) {
  Service service(Stack::shared().fresh_database());
  const int64_t account = make_numbers(service);
  const int per_thread = full_size() ? 500 : 100;
  std::atomic<int> disturbed{0};
  std::atomic<int> done{0};
  std::vector<std::thread> carriers;
  for (int thread = 0; thread < 4; ++thread) {
    carriers.emplace_back([&, thread] {
      HttpClient client = service.client();
      for (int n = 0; n < per_thread; ++n) {
        const int number = thread * per_thread + n;
        disturbed += bring(client, number);
        if (n % 3 == 0) disturbed += bring(client, number);  // a repeat it did not need
        ++done;
      }
    });
  }
  for (int restart = 1; restart <= 2; ++restart) {
    EXPECT_TRUE(wait_until([&] { return done > restart * per_thread; }, 60));
    Stack::shared().restart_postgres(true);
    flush_redis();
  }
  for (std::thread& carrier : carriers) carrier.join();
  EXPECT_GT(disturbed, 0) << "the restarts met nobody";
  const std::string own = " where account_id = " + std::to_string(account);
  const int64_t total = 4 * per_thread;
  Pg& pg = service.pg();
  // The test's own link was cut too.
  const Statement probe{"probe", "select 1", 0};
  EXPECT_TRUE(wait_until([&] { return pg.run(probe, {}).has_value(); }));
  EXPECT_EQ(number_of(pg, "select count(*) from inbound_messages" + own), total);
  EXPECT_EQ(number_of(pg, "select count(distinct carrier_message_id) from inbound_messages" + own),
            total);
  EXPECT_EQ(number_of(pg, "select count(*) from opt_outs" + own), total / 10);
  EXPECT_EQ(number_of(pg, "select count(*) - count(distinct phone) from messages" + own), 0)
      << "a phone was answered twice";
  Process scheduler = service.scheduler(60);
  EXPECT_TRUE(wait_until([&] { return undelivered(service, account) == 0; }, 60));
  EXPECT_TRUE(
      wait_until([&] { return number_of(pg, "select count(*) from event_outbox") == 0; }, 20))
      << "events of the cut batches are published at last";
  scheduler.stop();
  EXPECT_EQ(service.reconcile(), 0);
}

}  // namespace
}  // namespace dundun
