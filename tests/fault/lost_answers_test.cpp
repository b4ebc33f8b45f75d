// Answers that are lost after the commit, processes that are killed, and clients that ask again
// with the same Idempotency-Key: everything happens once.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <functional>
#include <thread>

#include "tests/support/cutting_proxy.h"
#include "tests/support/disturbance.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"

namespace dundun {
namespace lost_answers_test {

constexpr auto kPatience = std::chrono::seconds(60);

// As the official libraries do it: the same key until there is an answer that is one.
HttpAnswer ask_until_answered(const std::string& socket, const std::string& key,
                              const std::string& path, const std::string& body,
                              const std::string& idempotency_key) {
  HttpAnswer answer;
  const auto end = std::chrono::steady_clock::now() + kPatience;
  for (int attempt = 0; std::chrono::steady_clock::now() < end; ++attempt) {
    HttpClient client(socket);
    const HttpClient::Headers headers{{"Idempotency-Key", idempotency_key},
                                      {"Connection", "close"}};
    answer = client.post(key, path, body, headers);
    const bool again = answer.status == 0 || answer.status >= 500 || answer.status == 409;
    if (!again) return answer;
    std::this_thread::sleep_for(std::chrono::milliseconds(std::min(20 + 10 * attempt, 500)));
  }
  return answer;
}

struct Job {
  const char* name;
  std::string key;
  std::string path;
  std::function<std::string(int)> body;
  int status;
};

class LostAnswersTest : public testing::Test {
 protected:
  LostAnswersTest()
      : service_(Stack::shared().fresh_database(),
                 {.messages_workers = 2,
                  .environment = {{"VERIFY_NEW_COUNTRY_HOUR_MAX", "100000"},
                                  {"VERIFY_BLOCK_MAX", "100000"}}}),
        account_(seed_account(service_.pg())),
        key_(seed_key(service_.pg(), account_)) {
    Pg& pg = service_.pg();
    const PgRows rows = sql_of_test(pg, "select tenant_id from accounts");
    tenant_ = rows.text(0, 0);
    admin_ = seed_key(pg, account_, KeyKind::kLive, "{send,query,webhooks,admin}");
    sql_of_test(pg,
                "insert into inbound_numbers (number, country, account_id) values "
                "('+254700000001', 'KE', " +
                    std::to_string(account_) + ")");
  }

  std::vector<Job> jobs() const {
    const auto number = [](int i) { return "+2547123" + std::to_string(10000 + i); };
    return {{"send", key_, "/api/messages/send",
             [number](int i) { return R"({"to":")" + number(i) + R"(","text":"Hello"})"; }, 200},
            {"sms", key_, "/v1/sms/send",
             [number](int i) {
               return R"({"from":"+254700000001","to":")" + number(i) + R"(","body":"Hello"})";
             },
             202},
            {"verify", key_, "/v1/verify/start",
             [number](int i) { return R"({"to":")" + number(i) + "\"}"; }, 200},
            {"apps", key_, "/api/verify/apps",
             [](int i) { return R"({"name":"App )" + std::to_string(i) + "\"}"; }, 200},
            {"register", admin_, "/v1/apps/register",
             [this](int i) {
               return R"({"name":"App )" + std::to_string(i) + R"(","tenantId":")" + tenant_ +
                      "\"}";
             },
             201}};
  }

  // Each job `each` times, each time by a client of its own, all at once.
  void run(const std::string& socket, int each) {
    std::vector<std::thread> clients;
    for (const Job& job : jobs()) {
      for (int i = 0; i < each; ++i) {
        clients.emplace_back([this, &socket, job, i] {
          const std::string key = std::string(job.name) + "-" + std::to_string(i);
          const HttpAnswer answer = ask_until_answered(socket, job.key, job.path, job.body(i), key);
          EXPECT_EQ(answer.status, job.status) << job.name << " " << i << ": " << answer.body;
          ++answered_;
        });
      }
    }
    for (std::thread& client : clients) client.join();
  }

  void expect_each_once(int each) {
    Pg& pg = service_.pg();
    EXPECT_EQ(number_of(pg, "select count(*) from messages"), 3 * each);
    EXPECT_EQ(number_of(pg, "select count(*) from ledger_entries where type = 2"), 3 * each);
    EXPECT_EQ(number_of(pg, "select count(*) from verifications"), each);
    EXPECT_EQ(number_of(pg, "select count(*) from verify_apps"), each);
    EXPECT_EQ(number_of(pg, "select count(*) from apps"), each);
    EXPECT_EQ(submitted_twice(service_), 0);
    EXPECT_EQ(service_.reconcile(), 0);
  }

  Service service_;
  int64_t account_;
  std::string key_, admin_, tenant_;
  std::atomic<int> answered_{0};
};

TEST_F(LostAnswersTest, AFifthOfTheAnswersIsLostAndNothingHappensTwice) {
  constexpr int kEach = 40;
  CuttingProxy proxy(Stack::shared().folder() + "/cut.sock", service_.http_address(), 20, 7);
  run(proxy.path(), kEach);
  EXPECT_GT(proxy.cut(), kEach / 2);
  expect_each_once(kEach);
}

TEST_F(LostAnswersTest, WorkersAreKilledMeanwhileAndNothingHappensTwice) {
  constexpr int kEach = 30;
  CuttingProxy proxy(Stack::shared().folder() + "/kill.sock", service_.http_address(), 20, 11);
  int kills = 0;
  {
    // Again when some were answered since, not by the clock: on a slow machine the processes would
    // be killed before they have started.
    constexpr int kAnswersBetween = 15;
    const Every killing(std::chrono::milliseconds(100), [&] {
      if (answered_ < kills * kAnswersBetween) return;
      service_.restart_all(SIGKILL);
      ++kills;
    });
    run(proxy.path(), kEach);
  }
  EXPECT_GE(kills, 3);
  expect_each_once(kEach);
}

}  // namespace lost_answers_test
}  // namespace dundun
