// Campaigns while things die, and cancels that race with schedulers.
#include <gtest/gtest.h>

#include <mutex>

#include "common/io/json.h"
#include "tests/support/disturbance.h"
#include "tests/support/text.h"

namespace dundun {
namespace campaign_chaos_test {

using namespace std::chrono_literals;

// `count` Kenyans whose numbers end in 77: no magic one among them.
int64_t seed_list(Pg& pg, int64_t account, int count) {
  const std::string owner = std::to_string(account);
  const int64_t list =
      sql_of_test(pg, "insert into contact_lists (account_id, name, columns, count) values (" +
                          owner + ", 'l', '{phone,name}', " + std::to_string(count) +
                          ") returning list_id")
          .i64(0, 0);
  sql_of_test(pg,
              "insert into contacts (account_id, list_id, contact_id, phone, country,"
              " number_type, name) select " +
                  owner + ", " + std::to_string(list) +
                  ", i, '+2547' || (100000 + i)::text || '77', 'KE', 1, 'N' || i from"
                  " generate_series(1, " +
                  std::to_string(count) + ") as i");
  return list;
}

TEST(CampaignChaosTest, EveryRecipientGetsOneWhateverDies) {
  const int count = full_size() ? 100'000 : 2'500;
  Service service(Stack::shared().fresh_database());
  const int64_t account = seed_account(service.pg(), {.live_micros = count * 1'200'000LL});
  const std::string key = seed_key(service.pg(), account);
  const int64_t list = seed_list(service.pg(), account, count);
  HttpClient client = service.client();
  const HttpAnswer sent =
      client.post(key, "/api/messages/send-bulk",
                  R"({"text":"Hi {{name}}","contact_list_ids":[)" + std::to_string(list) + "]}");
  ASSERT_EQ(sent.status, 200) << sent.body;
  {
    Schedulers schedulers(service, 2);
    const auto wait_for = [&](const std::string& what, int messages) {
      return wait_until([&] {
        return number_of(service.pg(), "select count(*) from messages where " + what) >= messages;
      });
    };
    const int kills = full_size() ? 16 : 5;
    for (int kill = 0; kill < kills; ++kill) {
      ASSERT_TRUE(wait_for("submitted_at is not null", count / kills * kill)) << kill;
      schedulers.kill_one();
      if (kill == 2 || kill == 5) flush_redis();
    }
    EXPECT_TRUE(wait_for("status = 5", count));
  }
  EXPECT_EQ(static_cast<int>(handset_ids(service).size()), count);
  EXPECT_EQ(submitted_twice(service), 0);
  EXPECT_EQ(number_of(service.pg(), "select count(distinct phone) from messages"), count);
  EXPECT_EQ(service.reconcile(), 0);
}

// "5 890, 8 SUBMIT_UNKNOWN 110": how many messages have which status and error.
std::string ends_of(Service& service) {
  const auto rows = sql_of_test(
      service.pg(),
      "select string_agg(concat_ws(' ', status, error_code, n), ', ') from (select status,"
      " error_code, count(*) as n from messages group by 1, 2) as ends");
  return std::string(rows.text(0, 0));
}

// Cancels meet schedulers at the moment when the messages are due: each message either leaves or
// comes back with its money.
TEST(CampaignChaosTest, ACancelAndAClaimHaveOneOutcome) {
  const int count = full_size() ? 10'000 : 1'000;
  Service service(Stack::shared().fresh_database());
  const int64_t account = seed_account(service.pg(), {.live_micros = count * 1'200'000LL});
  const std::string key = seed_key(service.pg(), account);
  const std::string body =
      R"({"to":"+254712345678","text":"x","schedule_mode":"scheduled","scheduled_at":")" +
      format_z(now() + 6min) + R"("})";
  std::mutex mutex;
  std::vector<std::string> ids;
  const auto in_parallel = [](const std::function<void(int)>& work) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 16; ++i) threads.emplace_back(work, i);
    for (std::thread& thread : threads) thread.join();
  };
  in_parallel([&](int client_number) {
    HttpClient client = service.client();
    for (int i = client_number; i < count; i += 16) {
      const std::string id = member(client.post(key, "/api/messages/send", body).body, "id");
      std::lock_guard lock(mutex);
      ids.push_back(id);
    }
  });
  sql_of_test(service.pg(),
              "update dispatch set due_at = now() + case when random() < 0.1 then "
              "interval '1 minute' else random() * interval '2 seconds' end");
  flush_redis();
  Schedulers schedulers(service, 2);
  ASSERT_TRUE(wait_until([&] { return undelivered(service, account) < count; }));
  std::atomic<int> cancelled{0}, refused{0};
  in_parallel([&](int client_number) {
    HttpClient client = service.client();
    for (size_t i = static_cast<size_t>(client_number); i < ids.size(); i += 16) {
      const int status = client.post(key, "/api/messages/" + ids[i] + "/cancel", "").status;
      EXPECT_TRUE(status == 200 || status == 409) << status;
      ++(status == 200 ? cancelled : refused);
    }
  });
  EXPECT_TRUE(wait_until([&] { return undelivered(service, account) == cancelled.load(); }))
      << ends_of(service);
  std::printf("%d cancelled, %d had left\n", cancelled.load(), refused.load());
  EXPECT_GT(cancelled.load(), 0);
  EXPECT_GT(refused.load(), 0);
  EXPECT_EQ(static_cast<int>(handset_ids(service).size()), refused.load());
  EXPECT_EQ(number_of(service.pg(), "select balance_micros from wallets where account_id = " +
                                        std::to_string(account) + " and environment = 0"),
            cancelled.load() * 1'200'000LL);
  EXPECT_EQ(service.reconcile(), 0);
}

}  // namespace campaign_chaos_test
}  // namespace dundun
