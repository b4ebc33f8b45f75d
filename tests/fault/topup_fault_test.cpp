// A credit whose commit happened while its answer was lost. PostgreSQL commits, then waits for a
// standby that does not exist; ended there, it has committed and never says so.
#include <gtest/gtest.h>

#include <thread>

#include "common/io/crypto.h"
#include "common/pay/reference.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"

namespace dundun {
namespace topup_fault_test {

constexpr const char* kSecret = "a secret for tests only";

class StandbyWait {
 public:
  explicit StandbyWait(Pg& pg) : pg_(pg) { set("'nobody'"); }
  ~StandbyWait() { set("''"); }

 private:
  void set(const std::string& names) {
    sql_of_test(pg_, "alter system set synchronous_standby_names = " + names);
    sql_of_test(pg_, "select pg_reload_conf()");
  }
  Pg& pg_;
};

TEST(TopupFaultTest, ACreditWhoseCommitWasLostOnTheWayBackIsPostedOnce) {
  Service service(Stack::shared().fresh_database(),
                  {.messages_workers = 1,
                   .environment = {{"PAYMENT_PROVIDER", "sandbox"},
                                   {"PAYMENT_SECRET", kSecret},
                                   {"PUBLIC_URL", "http://x"}}});
  Pg& pg = service.pg();
  const int64_t account = seed_account(pg);
  const Uuid payment = new_uuid7();
  sql_of_test(pg,
              "insert into payments (account_id, payment_id, environment, provider, amount_micros,"
              " currency) values (" +
                  std::to_string(account) + ", '" + to_string(payment) +
                  "', 0, 'sandbox', 200000000, 'KES')");
  const std::string body = R"({"reference":")" + payment_reference({account, payment}, kSecret) +
                           R"(","status":"paid","amount":200,"currency":"KES"})";
  const std::string signature = "sha256=" + to_hex(hmac_sha256(kSecret, body));
  HttpAnswer answer;
  std::thread caller;
  {
    const StandbyWait wait(pg);
    caller = std::thread([&] {
      answer = service.client().send("POST", "/payments/callback/sandbox",
                                     {{"X-Payment-Signature", signature}}, body);
    });
    EXPECT_TRUE(wait_until([&] {
      return number_of(pg,
                       "select count(pg_terminate_backend(pid)) from pg_stat_activity where "
                       "datname = current_database() and wait_event = 'SyncRep'") > 0;
    }));
  }
  caller.join();
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.body, R"({"status":"paid"})");
  EXPECT_EQ(number_of(pg, "select balance_micros from wallets where environment = 0"),
            1'200'000'000);
  EXPECT_EQ(number_of(pg, "select count(*) from ledger_entries where payment_id is not null"), 1);
  EXPECT_EQ(service.reconcile(), 0);
}

}  // namespace topup_fault_test
}  // namespace dundun
