// Flutterwave on a bad day: of its callbacks a tenth is lost, a tenth comes twice at once, a tenth
// comes when we have asked already; it is away now and then, some customers fail, some never pay.
// Every paid checkout is credited once. DUNDUN_FULL=1: 1,000 payments.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <random>

#include "common/io/json.h"
#include "tests/support/disturbance.h"
#include "tests/support/http_stand_in.h"
#include "tests/support/text.h"

namespace dundun {
namespace payment_chaos_test {

constexpr const char* kHash = "the webhook's hash";
constexpr int kClients = 8;

// A provider with many transactions. Their answers: tests/data/carriers/flutterwave.txt.
class PlayedFlutterwave {
 public:
  struct Transaction {
    int id = 0;
    std::string status;  // empty: nobody has paid
  };
  PlayedFlutterwave() : http_([this](const auto& seen) { return answer(seen); }) {}
  std::string url() const { return http_.url() + "/v3"; }
  void away(double part) {
    std::lock_guard lock(mutex_);
    away_ = part;
  }
  std::map<std::string, Transaction> transactions() {
    std::lock_guard lock(mutex_);
    return transactions_;
  }

 private:
  HttpStandIn::Reply answer(const HttpStandIn::Seen& seen) {
    std::lock_guard lock(mutex_);
    if (seen.method == "POST") return open(member(seen.body, "tx_ref"));
    if (std::uniform_real_distribution<>(0, 1)(random_) < away_) return {502, "", ""};
    const std::string by_reference = "/v3/transactions/verify_by_reference?tx_ref=";
    for (const auto& [reference, one] : transactions_) {
      const bool asked = seen.target == by_reference + reference ||
                         seen.target == "/v3/transactions/" + std::to_string(one.id) + "/verify";
      if (asked && !one.status.empty()) return {200, told(reference, one), ""};
    }
    return {404, R"({"status":"error","message":"No transaction was found for this id"})", ""};
  }
  // Of 20 customers one fails, and one never pays.
  HttpStandIn::Reply open(const std::string& reference) {
    const int n = static_cast<int>(transactions_.size());
    const std::string status = n % 20 == 7 ? "failed" : n % 20 == 13 ? "" : "successful";
    transactions_[reference] = {1000 + n, status};
    return {200, R"({"status":"success","data":{"link":"https://pay.test/)" + reference + R"("}})",
            ""};
  }
  static std::string told(const std::string& reference, const Transaction& one) {
    return R"({"status":"success","data":{"id":)" + std::to_string(one.id) + R"(,"tx_ref":")" +
           reference + R"(","amount":500,"currency":"KES","status":")" + one.status + R"("}})";
  }

  std::mutex mutex_;
  std::map<std::string, Transaction> transactions_;  // by our reference
  std::mt19937 random_{3};
  double away_ = 0;
  HttpStandIn http_;  // the last one: it ends before what it reads
};

class PaymentChaosTest : public testing::Test {
 protected:
  PaymentChaosTest()
      : service_(Stack::shared().fresh_database(),
                 {.environment = {{"PAYMENT_PROVIDER", "flutterwave"},
                                  {"PAYMENT_SECRET", "a secret for tests only"},
                                  {"PUBLIC_URL", "http://pay.test"},
                                  {"FLUTTERWAVE_BASE_URL", provider_.url()},
                                  {"FLUTTERWAVE_SECRET_KEY", "FLWSECK_TEST-1"},
                                  {"FLUTTERWAVE_SECRET_HASH", kHash},
                                  {"FLUTTERWAVE_CUSTOMER_EMAIL", "billing@pay.test"}}}),
        account_(seed_account(service_.pg())) {
    for (int i = 0; i < kClients; ++i) keys_.push_back(seed_key(service_.pg(), account_));
  }
  static void in_parallel(const std::function<void(int)>& work) {
    std::vector<std::thread> threads;
    for (int i = 0; i < kClients; ++i) threads.emplace_back(work, i);
    for (std::thread& thread : threads) thread.join();
  }
  void open_checkouts(int count) {
    in_parallel([&](int client_number) {
      HttpClient client = service_.client();
      const std::string& key = keys_[static_cast<size_t>(client_number)];
      for (int i = client_number; i < count; i += kClients) {
        EXPECT_TRUE(wait_until([&] {
          return client.post(key, "/api/balance/topup", R"({"amount":500})").status == 200;
        }));
      }
    });
  }
  // These callbacks, dealt to several clients.
  void call_back(const std::vector<std::string>& bodies) {
    in_parallel([&](int client_number) {
      HttpClient client = service_.client();
      for (size_t i = static_cast<size_t>(client_number); i < bodies.size(); i += kClients) {
        const int status =
            client
                .send("POST", "/payments/callback/flutterwave", {{"verif-hash", kHash}}, bodies[i])
                .status;
        EXPECT_TRUE(status == 200 || status == 503) << status;
      }
    });
  }
  int64_t paid() {
    return number_of(service_.pg(), "select count(*) from payments where status = 2");
  }

  PlayedFlutterwave provider_;
  Service service_;
  int64_t account_;
  std::vector<std::string> keys_;
};

TEST_F(PaymentChaosTest, EveryPaidCheckoutIsCreditedOnce) {
  const int count = full_size() ? 1'000 : 60;
  const int64_t before =
      number_of(service_.pg(), "select balance_micros from wallets where environment = 0");
  open_checkouts(count);
  const auto transactions = provider_.transactions();
  ASSERT_EQ(static_cast<int>(transactions.size()), count);
  std::vector<std::string> now, late;
  int due = 0, lost = 0, doubled = 0;
  for (const auto& [reference, one] : transactions) {
    if (one.status.empty()) continue;
    const std::string body = R"({"event":"charge.completed","data":{"id":)" +
                             std::to_string(one.id) + R"(,"tx_ref":")" + reference +
                             R"(","amount":500,"currency":"KES","status":")" + one.status + "\"}}";
    due += one.status == "successful" ? 1 : 0;
    const int fate = (one.id / 3) % 10;
    if (fate == 0) ++lost;
    if (fate == 1) ++doubled;
    if (fate == 2) late.push_back(body);
    if (fate == 1 || fate > 2) now.push_back(body);
    if (fate == 1) now.push_back(body);  // its neighbour's, at the same moment
  }
  provider_.away(0.1);
  call_back(now);
  EXPECT_LT(paid(), due);
  Process scheduler = service_.scheduler(600);
  // A minute passes for all that wait, again and again.
  EXPECT_TRUE(wait_until(
      [&] {
        sql_of_test(service_.pg(),
                    "update payments set ask_at = now() where status = 1 and ask_at > now()");
        return paid() == due;
      },
      full_size() ? 300 : 60));
  call_back(late);
  call_back(now);
  std::printf("%d checkouts, %d paid, callbacks: %d lost, %d twice at once, %zu late; %lld paid\n",
              count, due, lost, doubled, late.size(), static_cast<long long>(paid()));
  EXPECT_EQ(paid(), due);
  EXPECT_EQ(number_of(service_.pg(), "select balance_micros from wallets where environment = 0"),
            before + due * 500'000'000LL);
  EXPECT_EQ(service_.reconcile(), 0);
}

}  // namespace payment_chaos_test
}  // namespace dundun
