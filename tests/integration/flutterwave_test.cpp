// Top-up by Flutterwave, played by a stand-in: what the webhook says counts only once the
// transaction was read back.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "common/io/crypto.h"
#include "common/io/json.h"
#include "tests/support/http_stand_in.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/text.h"

namespace dundun {
namespace flutterwave_test {

constexpr const char* kSecret = "a secret for tests only";
constexpr const char* kHash = "the webhook's hash";
constexpr const char* kLink = "https://checkout.test/v3/hosted/pay/abc";

// What the stand-in says of its one transaction.
struct Transaction {
  std::string status = "successful";
  std::string tx_ref;
  std::string amount = "500";
  std::string currency = "KES";
  int id = 77;
};

HttpStandIn::Reply verified(const Transaction& transaction) {
  return {200,
          R"({"status":"success","data":{"id":)" + std::to_string(transaction.id) +
              R"(,"tx_ref":")" + transaction.tx_ref + R"(","amount":)" + transaction.amount +
              R"(,"currency":")" + transaction.currency + R"(","status":")" + transaction.status +
              R"("}})",
          ""};
}

class FlutterwaveTest : public testing::Test {
 protected:
  FlutterwaveTest()
      : provider_([](const auto&) {
          return HttpStandIn::Reply{
              200, R"({"status":"success","data":{"link":")" + std::string(kLink) + R"("}})", ""};
        }),
        service_(Stack::shared().fresh_database(), options()),
        client_(service_.client()),
        account_(seed_account(service_.pg())),
        key_(seed_key(service_.pg(), account_)) {}
  ~FlutterwaveTest() override { EXPECT_EQ(service_.reconcile(), 0); }

  Service::Options options() const {
    return {.messages_workers = 1,
            .environment = {{"PAYMENT_PROVIDER", "flutterwave"},
                            {"PAYMENT_SECRET", kSecret},
                            {"PAYMENT_TIMEOUT_MS", "700"},
                            {"PUBLIC_URL", "http://pay.test"},
                            {"FLUTTERWAVE_BASE_URL", provider_.url() + "/v3"},
                            {"FLUTTERWAVE_SECRET_KEY", "FLWSECK_TEST-1"},
                            {"FLUTTERWAVE_SECRET_HASH", kHash},
                            {"FLUTTERWAVE_CUSTOMER_EMAIL", "billing@pay.test"}}};
  }
  // Asks for 500 KES; the reference that the provider was given.
  std::string checkout() {
    const HttpAnswer answer = client_.post(key_, "/api/balance/topup", R"({"amount":500})");
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(member(answer.body, "checkout_url"), kLink);
    return member(provider_.seen().back().body, "tx_ref");
  }
  HttpAnswer webhook(const std::string& tx_ref, const std::string& hash = kHash,
                     const std::string& event = "charge.completed", int id = 77) {
    return client_.send("POST", "/payments/callback/flutterwave", {{"verif-hash", hash}},
                        R"({"event":")" + event + R"(","data":{"id":)" + std::to_string(id) +
                            R"(,"tx_ref":")" + tx_ref +
                            R"(","amount":500,"currency":"KES","status":"successful"}})");
  }
  void says(const Transaction& transaction) {
    provider_.play([transaction](const auto&) { return verified(transaction); });
  }
  // How often this alarm was raised, from the metrics, which are written once a second.
  int alarms(const std::string& name) {
    int count = 0;
    wait_until([&] { return (count = counted("alarm=\"" + name + "\"")) > 0; }, 2.5);
    return count;
  }
  int counted(const std::string& label) {
    int count = 0;
    for (const auto& file :
         std::filesystem::directory_iterator(service_.folder() + "/run/metrics")) {
      std::ifstream in(file.path());
      for (std::string line; std::getline(in, line);) {
        if (contains(line, "dundun_payments_alarms_total") && contains(line, label)) {
          count += std::stoi(line.substr(line.rfind(' ')));
        }
      }
    }
    return count;
  }
  std::string balance() { return client_.get(key_, "/api/balance").body; }
  int64_t status() { return number_of(service_.pg(), "select status from payments"); }

  HttpStandIn provider_;
  Service service_;
  HttpClient client_;
  int64_t account_;
  std::string key_;
};

TEST_F(FlutterwaveTest, APaidCheckoutCreditsTheWalletOnce) {
  const std::string reference = checkout();
  const HttpStandIn::Seen asked = provider_.seen().at(0);
  EXPECT_EQ(asked.method + " " + asked.target, "POST /v3/payments");
  EXPECT_EQ(asked.headers.at("authorization"), "Bearer FLWSECK_TEST-1");
  EXPECT_TRUE(contains(asked.body,
                       R"("amount":500.00,"currency":"KES",)"
                       R"("redirect_url":"http://pay.test/payments/return/flutterwave",)"
                       R"("customer":{"email":"billing@pay.test"})"))
      << asked.body;
  says({.tx_ref = reference});
  for (int i = 0; i < 2; ++i) EXPECT_EQ(webhook(reference).body, R"({"status":"paid"})");
  const HttpStandIn::Seen verify = provider_.seen().at(1);
  EXPECT_EQ(verify.method + " " + verify.target, "GET /v3/transactions/77/verify");
  EXPECT_EQ(verify.headers.at("authorization"), "Bearer FLWSECK_TEST-1");
  EXPECT_TRUE(contains(balance(), R"("balance":1500.00)")) << balance();
  EXPECT_EQ(number_of(service_.pg(), "select provider_reference::bigint from payments"), 77);
}

TEST_F(FlutterwaveTest, AWrongHashIsRefusedBeforeAnybodyIsAsked) {
  const std::string reference = checkout();
  says({.tx_ref = reference});
  for (const char* hash : {"", "the webhook's has", "the webhook's hash!"}) {
    const HttpAnswer answer = webhook(reference, hash);
    EXPECT_EQ(answer.status, 401) << hash;
    EXPECT_TRUE(contains(answer.body, R"("code":"invalid_signature")")) << answer.body;
  }
  EXPECT_EQ(provider_.seen().size(), 1u);
  EXPECT_TRUE(contains(balance(), "1000.00"));
}

TEST_F(FlutterwaveTest, OnlyTheTransactionThatWasReadBackCounts) {
  const std::string reference = checkout();
  const Transaction wrong[] = {{.tx_ref = reference, .amount = "499.99"},
                               {.tx_ref = reference, .currency = "UGX"},
                               {.tx_ref = "another"}};
  for (const Transaction& transaction : wrong) {
    says(transaction);
    const HttpAnswer answer = webhook(reference);
    EXPECT_EQ(answer.status, 409) << transaction.amount;
    EXPECT_TRUE(contains(answer.body, R"("code":"payment_refused")")) << answer.body;
  }
  says({.status = "pending", .tx_ref = reference});
  EXPECT_EQ(webhook(reference).body, R"({"status":"ignored"})");
  EXPECT_EQ(status(), 1);
  says({.status = "failed", .tx_ref = reference});
  EXPECT_EQ(webhook(reference).body, R"({"status":"failed"})");
  EXPECT_EQ(status(), 3);
  says({.tx_ref = "foreign"});
  EXPECT_EQ(webhook("foreign").status, 404) << "theirs, but no payment of ours";
  provider_.play([](const auto&) { return HttpStandIn::Reply{404, "{}", ""}; });
  EXPECT_EQ(webhook(reference).status, 409) << "no such transaction";
  EXPECT_EQ(webhook(reference, kHash, "transfer.completed").body, R"({"status":"ignored"})");
  EXPECT_TRUE(contains(balance(), "1000.00"));
}

TEST_F(FlutterwaveTest, WhenItCannotBeReadBackALaterCallbackWorks) {
  const std::string reference = checkout();
  const HttpStandIn::Play troubles[] = {
      [](const auto&) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1500));
        return HttpStandIn::Reply{};
      },
      [](const auto&) {
        return HttpStandIn::Reply{500, "{}", ""};
      },
      [](const auto&) {
        return HttpStandIn::Reply{401, "{}", ""};
      },
      [](const auto&) {
        return HttpStandIn::Reply{200, "<html>", ""};
      },
      [](const auto&) {
        return HttpStandIn::Reply{200, R"({"status":"error"})", ""};
      }};
  for (const auto& trouble : troubles) {
    provider_.play(trouble);
    const HttpAnswer answer = webhook(reference);
    EXPECT_EQ(answer.status, 503) << answer.body;
    EXPECT_EQ(answer.headers.at("retry-after"), "2");
  }
  EXPECT_TRUE(contains(balance(), "1000.00"));
  says({.tx_ref = reference});
  EXPECT_EQ(webhook(reference).status, 200);
  EXPECT_TRUE(contains(balance(), "1500.00"));
}

// The customer has paid: that our side gave up waiting is not his loss.
TEST_F(FlutterwaveTest, MoneyThatComesAfterADayIsCreditedAllTheSame) {
  const std::string reference = checkout();
  sql_of_test(service_.pg(),
              "update payments set status = 4, created_at = now() - interval '2 days'");
  says({.tx_ref = reference});
  EXPECT_EQ(webhook(reference).status, 200);
  EXPECT_TRUE(contains(balance(), "1500.00"));
}

TEST_F(FlutterwaveTest, WhenTheCallbackIsLostTheProviderIsAsked) {
  const std::string reference = checkout();
  EXPECT_EQ(number_of(service_.pg(), "select count(*) from payments where ask_at > now()"), 1);
  provider_.play([](const auto&) {
    return HttpStandIn::Reply{400, R"({"status":"error","message":"No transaction was found"})",
                              ""};
  });
  sql_of_test(service_.pg(), "update payments set ask_at = now()");
  Process scheduler = service_.scheduler(60);
  ASSERT_TRUE(wait_until([&] { return provider_.seen().size() == 2; }));
  const HttpStandIn::Seen asked = provider_.seen().at(1);
  EXPECT_EQ(asked.method + " " + asked.target,
            "GET /v3/transactions/verify_by_reference?tx_ref=" + reference);
  // A failed attempt is not the end, the customer has others.
  says({.status = "failed", .tx_ref = reference});
  sql_of_test(service_.pg(), "update payments set ask_at = now()");
  ASSERT_TRUE(wait_until([&] { return provider_.seen().size() == 3; }));
  EXPECT_EQ(status(), 1);
  says({.tx_ref = "another"});
  sql_of_test(service_.pg(), "update payments set ask_at = now()");
  ASSERT_TRUE(wait_until([&] { return provider_.seen().size() == 4; }));
  EXPECT_EQ(status(), 1);
  says({.tx_ref = reference});
  sql_of_test(service_.pg(), "update payments set ask_at = now()");
  ASSERT_TRUE(wait_until([&] { return status() == 2; }));
  EXPECT_TRUE(contains(balance(), "1500.00"));
  EXPECT_EQ(webhook(reference).body, R"({"status":"paid"})") << "it came late";
  EXPECT_TRUE(contains(balance(), "1500.00"));
}

// Twice the pause each time, once shortly before the checkout ends, and once after.
TEST_F(FlutterwaveTest, QuestionsBackOffAndEnd) {
  (void)checkout();
  says({.status = "pending", .tx_ref = ""});
  Process scheduler = service_.scheduler(60);
  const auto minutes_until_next = [&](const std::string& age, int asks) {
    const size_t before = provider_.seen().size();
    sql_of_test(service_.pg(), "update payments set created_at = now() - interval '" + age +
                                   "', ask_at = now(), asks = " + std::to_string(asks));
    EXPECT_TRUE(wait_until([&] { return provider_.seen().size() > before; }));
    return number_of(
        service_.pg(),
        "select coalesce(round(extract(epoch from ask_at - asked_at) / 60), -1)::bigint "
        "from payments");
  };
  EXPECT_EQ(minutes_until_next("1 minute", 0), 1);
  EXPECT_EQ(minutes_until_next("2 minutes", 1), 2);
  EXPECT_EQ(minutes_until_next("1 hour", 5), 32);
  EXPECT_EQ(minutes_until_next("5 hours", 9), 120);
  EXPECT_EQ(minutes_until_next("23 hours", 12), 50) << "before it expires";
  EXPECT_EQ(minutes_until_next("23 hours 50 minutes", 13), 15) << "and after";
  EXPECT_EQ(minutes_until_next("25 hours", 14), -1);
}

TEST_F(FlutterwaveTest, TheCustomersReturnAsksOnce) {
  const std::string reference = checkout();
  says({.tx_ref = reference});
  const std::string path = "/payments/return/flutterwave?status=successful&tx_ref=" + reference;
  for (int i = 0; i < 3; ++i) {
    const HttpAnswer answer = client_.send("GET", path);
    EXPECT_EQ(answer.status, 303) << answer.body;
    EXPECT_EQ(answer.headers.at("location"), "http://pay.test/");
  }
  EXPECT_TRUE(contains(balance(), "1500.00")) << balance();
  EXPECT_EQ(provider_.seen().size(), 2u) << "asked once";
  for (const std::string& other : {path + "0", std::string("/payments/return/flutterwave"),
                                   "/payments/return/sandbox?tx_ref=" + reference}) {
    EXPECT_EQ(client_.send("GET", other).status, 303) << other;
  }
  EXPECT_EQ(provider_.seen().size(), 2u) << "what is not ours asks nobody";
}

TEST_F(FlutterwaveTest, ATroubledProviderDoesNotKeepTheCustomer) {
  const std::string reference = checkout();
  provider_.play([](const auto&) { return HttpStandIn::Reply{502, "", ""}; });
  EXPECT_EQ(client_.send("GET", "/payments/return/flutterwave?tx_ref=" + reference).status, 303);
  EXPECT_EQ(status(), 1);
  EXPECT_EQ(number_of(service_.pg(), "select count(*) from payments where ask_at > now()"), 1);
}

// Provider's own rule: greater or equal gives value. The rest is for people.
TEST_F(FlutterwaveTest, WhoPaysMoreGetsWhatWasAgreed) {
  const std::string reference = checkout();
  says({.tx_ref = reference, .amount = "500.01"});
  EXPECT_EQ(webhook(reference).body, R"({"status":"paid"})");
  EXPECT_TRUE(contains(balance(), "1500.00")) << balance();
  EXPECT_EQ(alarms("payment_over"), 1);
}

TEST_F(FlutterwaveTest, ASecondPaymentOfOneCheckoutRaisesAnAlarm) {
  const std::string reference = checkout();
  says({.tx_ref = reference});
  for (int i = 0; i < 2; ++i) EXPECT_EQ(webhook(reference).status, 200);
  EXPECT_EQ(alarms("payment_twice"), 0) << "the same transaction";
  says({.tx_ref = reference, .id = 78});
  EXPECT_EQ(webhook(reference, kHash, "charge.completed", 78).body, R"({"status":"paid"})");
  EXPECT_EQ(alarms("payment_twice"), 1);
  EXPECT_TRUE(contains(balance(), "1500.00")) << "credited once";
}

TEST_F(FlutterwaveTest, WithoutACheckoutTheTopUpFailsAndItsKeyIsFree) {
  const HttpStandIn::Reply troubles[] = {
      {400, R"({"status":"error"})", ""},
      {502, "", ""},
      {200, R"({"status":"success","data":{"link":"javascript:alert"}})", ""}};
  const HttpClient::Headers once{{"Idempotency-Key", "topup-1"}};
  for (const auto& trouble : troubles) {
    provider_.play([trouble](const auto&) { return trouble; });
    EXPECT_EQ(client_.post(key_, "/api/balance/topup", "", once).status, 503);
    EXPECT_EQ(number_of(service_.pg(), "select count(*) from payments where status <> 3"), 0);
  }
  const HttpStandIn::Reply link{200, R"({"status":"success","data":{"link":"https://x.test/"}})",
                                ""};
  provider_.play([link](const auto&) { return link; });
  EXPECT_EQ(client_.post(key_, "/api/balance/topup", "", once).status, 200);
}

TEST_F(FlutterwaveTest, PlayMoneyPaysTestWalletsOnly) {
  const std::string test = seed_key(service_.pg(), account_, KeyKind::kTest);
  const HttpAnswer answer = client_.post(test, "/api/balance/topup", "");
  const std::string url = member(answer.body, "checkout_url");
  ASSERT_TRUE(url.starts_with("http://pay.test/pay/sandbox/")) << answer.body;
  const std::string path = url.substr(std::string("http://pay.test").size());
  EXPECT_EQ(client_.send("POST", path).status, 200);
  EXPECT_TRUE(contains(client_.get(test, "/api/balance").body, "3583.00"));
  // A sandbox payment of a live wallet, left from before the provider changed.
  sql_of_test(service_.pg(), "update payments set environment = 0, status = 1, paid_at = null");
  EXPECT_EQ(client_.send("POST", path).status, 404);
  EXPECT_TRUE(contains(balance(), "1000.00"));
  sql_of_test(service_.pg(), "update payments set environment = 1, status = 2, paid_at = now()");
  // And a live checkout is not for the sandbox to complete.
  const std::string live = checkout();
  EXPECT_EQ(client_.send("POST", "/pay/sandbox/" + live).status, 404);
  const std::string body =
      R"({"reference":")" + live + R"(","status":"paid","amount":500,"currency":"KES"})";
  const std::string signature = "sha256=" + to_hex(hmac_sha256(kSecret, body));
  const HttpAnswer answered = client_.send("POST", "/payments/callback/sandbox",
                                           {{"X-Payment-Signature", signature}}, body);
  EXPECT_EQ(answered.status, 404) << answered.body;
  EXPECT_TRUE(contains(balance(), "1000.00"));
}

}  // namespace flutterwave_test
}  // namespace dundun
