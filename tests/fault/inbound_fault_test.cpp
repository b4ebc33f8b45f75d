// Carriers repeat a text until they are answered 200; PostgreSQL is cut off meanwhile, workers are
// killed, Redis forgets. Each text is there once, each STOP is heeded, nobody is answered twice.
#include <gtest/gtest.h>

#include "common/io/crypto.h"
#include "tests/support/disturbance.h"

namespace dundun {
namespace inbound_fault_test {

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

bool is_stop(int number) { return number % 10 == 0; }

// Each from a phone of its own that the loopback carrier delivers to.
std::string text_of(int number) {
  return R"({"id":"f-)" + std::to_string(number) + R"(","from":"+2547123)" +
         std::to_string(20100 + number) + R"(","to":"20880","text":")" +
         (is_stop(number) ? "STOP" : "Hello") + "\"}";
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
  // PostgreSQL is away for longer than a text is waited for: the carriers are told so.
  constexpr std::chrono::milliseconds kWaitedFor{500}, kAway{1500};
  Service service(Stack::shared().fresh_database(),
                  {.environment = {{"JOURNAL_DEADLINE_MS", std::to_string(kWaitedFor.count())}}});
  const int64_t account = make_numbers(service);
  const int at_least = full_size() ? 2000 : 200;
  std::atomic<int> next{0}, done{0}, stops{0}, disturbed{0};
  std::atomic<bool> restarting{true};
  std::vector<std::thread> carriers;
  for (int thread = 0; thread < 4; ++thread) {
    carriers.emplace_back([&] {
      HttpClient client = service.client();
      // They go on for as long as the restarts do, so that these meet somebody.
      for (int number = next++; restarting || number < at_least; number = next++) {
        disturbed += bring(client, number);
        if (number % 3 == 0) disturbed += bring(client, number);  // a repeat it did not need
        stops += is_stop(number) ? 1 : 0;
        ++done;
      }
    });
  }
  for (int restart = 1; restart <= 2; ++restart) {
    EXPECT_TRUE(wait_until([&] { return done > restart * at_least / 4; }));
    Stack::shared().restart_postgres(true, kAway);
    flush_redis();
  }
  restarting = false;
  for (std::thread& carrier : carriers) carrier.join();
  EXPECT_GT(disturbed, 0) << "the restarts met nobody";
  const std::string own = " where account_id = " + std::to_string(account);
  const int64_t total = done;
  Pg& pg = service.pg();
  // The test's own link was cut too.
  const Statement probe{"probe", "select 1", 0};
  EXPECT_TRUE(wait_until([&] { return pg.run(probe, {}).has_value(); }));
  EXPECT_EQ(number_of(pg, "select count(*) from inbound_messages" + own), total);
  EXPECT_EQ(number_of(pg, "select count(distinct carrier_message_id) from inbound_messages" + own),
            total);
  EXPECT_EQ(number_of(pg, "select count(*) from opt_outs" + own), stops);
  EXPECT_EQ(number_of(pg, "select count(*) - count(distinct phone) from messages" + own), 0)
      << "a phone was answered twice";
  Process scheduler = service.scheduler(60);
  EXPECT_TRUE(wait_until([&] { return undelivered(service, account) == 0; }));
  EXPECT_TRUE(wait_until([&] { return number_of(pg, "select count(*) from event_outbox") == 0; }))
      << "events of the cut batches are published at last";
  scheduler.stop();
  EXPECT_EQ(service.reconcile(), 0);
}

}  // namespace inbound_fault_test
}  // namespace dundun
