// Money comes in through the sandbox, through nginx: once, exactly, and only as agreed.
#include <gtest/gtest.h>

#include <thread>

#include "common/io/crypto.h"
#include "common/io/json.h"
#include "common/pay/reference.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/suite_service.h"
#include "tests/support/text.h"
#include "tests/support/ws_client.h"

namespace dundun {
namespace topup_test {

constexpr const char* kSecret = "a secret for tests only";
constexpr const char* kCallback = "/payments/callback/sandbox";

class TopupTest : public testing::Test {
 protected:
  TopupTest() : account_(seed_account(pg())), key_(seed_key(pg(), account_)) {}
  ~TopupTest() override { EXPECT_EQ(service().reconcile(), 0); }

  static Service::Options options() {
    return {.environment = {{"PAYMENT_PROVIDER", "sandbox"},
                            {"PAYMENT_SECRET", kSecret},
                            {"PUBLIC_URL", "http://pay.test"}}};
  }
  static Service& service() {
    static SuiteService shared(options());
    return shared.get();
  }
  static Pg& pg() { return service().pg(); }

  HttpAnswer topup(const std::string& body, HttpClient::Headers more = {}) {
    return client_.post(key_, "/api/balance/topup", body, std::move(more));
  }
  // The path of a new checkout.
  std::string checkout(const std::string& body, const std::string& key = "") {
    const HttpAnswer answer = client_.post(key.empty() ? key_ : key, "/api/balance/topup", body);
    EXPECT_EQ(answer.status, 200) << answer.body;
    const std::string url = member(answer.body, "checkout_url");
    EXPECT_TRUE(url.starts_with("http://pay.test/pay/sandbox/")) << url;
    return url.substr(std::string("http://pay.test").size());
  }
  static std::string reference_of(const std::string& path) {
    return path.substr(std::string("/pay/sandbox/").size());
  }
  static std::string notice(const std::string& reference, const std::string& amount,
                            const std::string& currency = "KES",
                            const std::string& status = "paid") {
    return R"({"reference":")" + reference + R"(","id":"p-1","status":")" + status +
           R"(","amount":)" + amount + R"(,"currency":")" + currency + R"("})";
  }
  static std::string signature(const std::string& body) {
    return "sha256=" + to_hex(hmac_sha256(kSecret, body));
  }
  HttpAnswer call_back(const std::string& body, const std::string& signature) {
    return client_.send("POST", kCallback, {{"X-Payment-Signature", signature}}, body);
  }
  HttpAnswer call_back(const std::string& body) { return call_back(body, signature(body)); }
  std::string balance(const std::string& key = "") {
    return client_.get(key.empty() ? key_ : key, "/api/balance").body;
  }
  int64_t credits() {
    return number_of(pg(),
                     "select count(*) from ledger_entries where payment_id is not null and "
                     "account_id = " +
                         std::to_string(account_));
  }
  int64_t status_of(const std::string& path) {
    const auto name = parse_payment_reference(reference_of(path), kSecret);
    return number_of(pg(),
                     "select status from payments where account_id = " + std::to_string(account_) +
                         " and payment_id = '" + to_string(name->payment_id) + "'");
  }

  HttpClient client_ = service().client();
  int64_t account_;
  std::string key_;
};

TEST_F(TopupTest, TheButtonOfTheSandboxCreditsTheWallet) {
  const std::string page = checkout(R"({"amount":250.50,"currency":"KES"})");
  const HttpAnswer shown = client_.send("GET", page);
  EXPECT_EQ(shown.status, 200);
  EXPECT_EQ(shown.headers.at("content-type"), "text/html; charset=utf-8");
  EXPECT_TRUE(contains(shown.body, "KES 250.50 for the live wallet")) << shown.body;
  EXPECT_TRUE(contains(shown.body, "<button>")) << shown.body;
  EXPECT_TRUE(contains(balance(), R"("balance":1000.00)")) << "nothing is paid by looking";

  const HttpAnswer paid = client_.send("POST", page);
  EXPECT_EQ(paid.status, 200) << paid.body;
  EXPECT_TRUE(contains(paid.body, "Paid.")) << paid.body;
  EXPECT_TRUE(contains(balance(), R"({"balance":1250.50,"currency":"KES",)")) << balance();
  const std::string notices = client_.get(key_, "/api/notifications").body;
  EXPECT_TRUE(contains(notices,
                       R"("notification_type":"payment_received","title":"Payment received",)"
                       R"("body":"We received KES 250.50. Your balance is KES 1250.50.")"))
      << notices;
  const std::string entries = client_.get(key_, "/api/balance/transactions").body;
  EXPECT_TRUE(contains(entries, R"("id":2,"type":"credit","amount":250.50,"balance_after":1250.50,)"
                                R"("currency":"KES","description":"Top-up by sandbox")"))
      << entries;
  EXPECT_EQ(status_of(page), 2);
  EXPECT_FALSE(contains(client_.send("GET", page).body, "<button>"));
  EXPECT_EQ(client_.send("POST", page).status, 200);
  EXPECT_EQ(credits(), 1);
}

// The PHP client sends neither Content-Length nor Content-Type.
TEST_F(TopupTest, WithoutABodyTheUsualAmountIsAsked) {
  const HttpAnswer answer = client_.raw(
      "POST /v1/balance/topup HTTP/1.1\r\nHost: x\r\n"
      "Authorization: Bearer " +
      key_ + "\r\n\r\n");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(member(answer.body, "message"),
            "Open checkout_url to pay KES 2583.00. The balance rises as soon as the payment is "
            "confirmed.");
  EXPECT_EQ(topup("{}").status, 200);
}

TEST_F(TopupTest, ACallbackThatComesAgainCreditsOnce) {
  const std::string body = notice(reference_of(checkout(R"({"amount":200})")), "200.00");
  for (int i = 0; i < 2; ++i) {
    const HttpAnswer answer = call_back(body);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, R"({"status":"paid"})");
  }
  EXPECT_TRUE(contains(balance(), "1200.00"));
  EXPECT_EQ(credits(), 1);
}

// On two hosts, so that no process can know of the other's.
TEST_F(TopupTest, TwentyCallbacksAtOnceCreditOnce) {
  Service other(service().database(), options());
  const std::string body = notice(reference_of(checkout(R"({"amount":"200.00"})")), "200");
  std::vector<std::thread> threads;
  std::atomic<int> fine{0};
  for (int i = 0; i < 20; ++i) {
    threads.emplace_back([&, i] {
      HttpClient client = i % 2 ? other.client() : service().client();
      const auto answer =
          client.send("POST", kCallback, {{"X-Payment-Signature", signature(body)}}, body);
      fine += answer.status == 200;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(fine, 20);
  EXPECT_TRUE(contains(balance(), "1200.00"));
  EXPECT_EQ(credits(), 1);
}

TEST_F(TopupTest, AForgedCallbackChangesNothing) {
  const std::string path = checkout(R"({"amount":200})");
  const std::string body = notice(reference_of(path), "200.00");
  const std::string others = "sha256=" + to_hex(hmac_sha256("another secret here", body));
  for (const std::string& forged : {std::string(), std::string("sha256="), others,
                                    signature(body + " "), to_hex(hmac_sha256(kSecret, body))}) {
    const HttpAnswer answer = call_back(body, forged);
    EXPECT_EQ(answer.status, 401) << forged;
    EXPECT_TRUE(contains(answer.body, R"("code":"invalid_signature")")) << answer.body;
  }
  EXPECT_EQ(status_of(path), 1);
  EXPECT_TRUE(contains(balance(), "1000.00"));
}

TEST_F(TopupTest, LessThanAgreedIsRefusedAndMoreIsCreditedAsAgreed) {
  const std::string path = checkout(R"({"amount":200})");
  for (const auto& [amount, currency] :
       {std::pair{"199.99", "KES"}, {"0", "KES"}, {"200.00", "UGX"}}) {
    const HttpAnswer answer = call_back(notice(reference_of(path), amount, currency));
    EXPECT_EQ(answer.status, 409) << amount;
    EXPECT_TRUE(contains(answer.body, R"("code":"payment_refused")")) << answer.body;
  }
  EXPECT_EQ(status_of(path), 1);
  EXPECT_TRUE(contains(balance(), "1000.00"));
  // What was paid beyond it is a matter for people.
  EXPECT_EQ(call_back(notice(reference_of(path), "200.01", "KES")).status, 200);
  EXPECT_EQ(status_of(path), 2);
  EXPECT_TRUE(contains(balance(), "1200.00")) << balance();
}

TEST_F(TopupTest, APaymentThatWeDidNotMakeIsUnknown) {
  const PaymentName never{account_, new_uuid7()};
  std::string stolen = payment_reference(never, "another secret here");
  for (const std::string& reference :
       {payment_reference(never, kSecret), stolen, std::string("x"), std::string("1--"),
        reference_of(checkout(R"({"amount":150})")) + "0"}) {
    EXPECT_EQ(call_back(notice(reference, "150.00")).status, 404) << reference;
    EXPECT_EQ(client_.send("GET", "/pay/sandbox/" + reference).status, 404) << reference;
    EXPECT_EQ(client_.send("POST", "/pay/sandbox/" + reference).status, 404) << reference;
  }
  EXPECT_EQ(client_.send("POST", "/payments/callback/flutterwave", {}, "{}").status, 404);
  EXPECT_EQ(credits(), 0);
}

TEST_F(TopupTest, AnExpiredCheckoutTakesNoPlayMoney) {
  const std::string path = checkout(R"({"amount":150})");
  sql_of_test(pg(),
              "update payments set created_at = now() - interval '25 hours' where "
              "account_id = " +
                  std::to_string(account_));
  EXPECT_TRUE(contains(client_.send("GET", path).body, "expired"));
  EXPECT_EQ(client_.send("POST", path).status, 409);
  EXPECT_EQ(call_back(notice(reference_of(path), "150.00")).status, 409);
  Process scheduler = service().scheduler(1);
  EXPECT_EQ(scheduler.wait(), 0);
  EXPECT_EQ(status_of(path), 4);
  EXPECT_EQ(client_.send("POST", path).status, 409);
  EXPECT_EQ(credits(), 0);
}

TEST_F(TopupTest, AFailedPaymentIsSaidAndALaterSuccessStillCounts) {
  const std::string path = checkout(R"({"amount":150})");
  const std::string failed = notice(reference_of(path), "150.00", "KES", "failed");
  EXPECT_EQ(call_back(failed).body, R"({"status":"failed"})");
  EXPECT_EQ(status_of(path), 3);
  EXPECT_EQ(client_.send("POST", path).status, 409);
  EXPECT_EQ(call_back(notice(reference_of(path), "150.00")).status, 200);
  EXPECT_EQ(call_back(failed).status, 200);
  EXPECT_EQ(status_of(path), 2) << "a late word of failure takes nothing back";
  EXPECT_EQ(credits(), 1);
}

TEST_F(TopupTest, ATestKeyFillsTheTestWalletOnly) {
  const std::string test = seed_key(pg(), account_, KeyKind::kTest);
  const std::string path = checkout(R"({"amount":150})", test);
  EXPECT_TRUE(contains(client_.send("POST", path).body, "test wallet"));
  EXPECT_TRUE(contains(balance(test), "1150.00"));
  EXPECT_TRUE(contains(balance(), "1000.00"));
}

TEST_F(TopupTest, EveryRefusalNamesItsReason) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"amount":129.12})", "ensure this value is from KES 129.13 to KES 1291300.00"},
      {R"({"amount":1291300.01})", "ensure this value is from KES 129.13"},
      {R"({"amount":-200})", "ensure this value is from"},
      {R"({"amount":200.001})", "no more than 2 decimal places, as KES has"},
      {R"({"amount":"lots"})", R"("type":"type_error.decimal")"},
      {R"({"amount":1e300})", R"("type":"type_error.decimal")"},
      {R"({"amount":200,"currency":"USD"})", "the wallet's currency is KES"},
      {"[]", "value is not a valid dict"},
  };
  for (const auto& [body, reason] : cases) {
    const HttpAnswer answer = topup(body);
    EXPECT_EQ(answer.status, 422) << body;
    EXPECT_TRUE(contains(answer.body, reason)) << answer.body;
  }
  EXPECT_EQ(topup("not json").status, 400);
  const std::string query = seed_key(pg(), account_, KeyKind::kLive, "{query}");
  EXPECT_EQ(client_.post(query, "/api/balance/topup", "").status, 403);
  EXPECT_EQ(number_of(pg(), "select count(*) from payments where account_id = " +
                                std::to_string(account_)),
            0);
}

TEST_F(TopupTest, ARepeatedKeyGetsTheSameCheckout) {
  const HttpClient::Headers key{{"Idempotency-Key", "topup-1"}};
  const HttpAnswer first = topup(R"({"amount":150})", key);
  ASSERT_EQ(first.status, 200);
  const HttpAnswer again = topup(R"({"amount":150})", key);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.headers.at("idempotency-replayed"), "true");
  EXPECT_EQ(topup(R"({"amount":151})", key).status, 422);
  EXPECT_NE(topup(R"({"amount":150})").body, first.body);
  const std::string of_account = " where account_id = " + std::to_string(account_);
  const std::string unfinished = "update idempotency_keys set status = null, body = null";
  sql_of_test(pg(), unfinished + of_account);
  EXPECT_EQ(topup(R"({"amount":150})", key).status, 409) << "as if the first still ran";
  sql_of_test(pg(), unfinished + ", created_at = now() - interval '1 minute'" + of_account);
  EXPECT_EQ(topup(R"({"amount":150})", key).status, 200) << "as if its process had died";
  EXPECT_EQ(topup(R"({"amount":150})", key).headers.count("idempotency-replayed"), 1u);
  EXPECT_EQ(number_of(pg(), "select count(*) from payments" + of_account), 2) << "the same payment";
}

TEST_F(TopupTest, TheSocketSaysWhenMoneyComesAndOnceWhenItRunsLow) {
  service().start_bridge();
  sql_of_test(pg(), "update accounts set low_balance_micros = 1100000000 where account_id = " +
                        std::to_string(account_));
  WsClient watch({.address = "unix:" + service().http_address()});
  ASSERT_EQ(watch.status(), 101);
  watch.send_text(R"({"type":"auth","apiKey":")" + key_ +
                  R"(","events":["balance_update","notification"]})");
  ASSERT_TRUE(watch.next_text_with(R"("auth_ok")"));
  EXPECT_EQ(client_.send("POST", checkout(R"({"amount":150})")).status, 200);
  const auto credited = watch.next_text_with(R"("type":"balance_update")");
  ASSERT_TRUE(credited);
  EXPECT_TRUE(contains(*credited, R"("balance":1150.00,"currency":"KES")")) << *credited;

  const std::string body = R"({"to":"+254712345678","text":"Gate 4 opens at 9"})";
  for (int i = 0; i < 42; ++i) {  // 1.20 each: the last but one crosses the threshold
    ASSERT_EQ(client_.post(key_, "/api/messages/send", body).status, 200);
  }
  const auto low = watch.next_text_with(R"("notification_type":"low_balance")");
  ASSERT_TRUE(low);
  EXPECT_TRUE(contains(*low, R"("notification_type":"low_balance","title":"Low balance",)"
                             R"("body":"Your balance is down to KES 1099.60. Top up)"))
      << *low;
  EXPECT_TRUE(contains(*low, R"("event_id":"evt_)")) << *low;
  EXPECT_TRUE(contains(*low, R"("link":"/balance")")) << *low;
  ASSERT_EQ(client_.post(key_, "/api/messages/send", body).status, 200);
  EXPECT_FALSE(watch.next_text_with("low_balance", std::chrono::milliseconds(400)));
}

TEST_F(TopupTest, ReconcileSeesACreditWithoutPaymentAndAPaymentWithoutCredit) {
  const std::string path = checkout(R"({"amount":150})");
  const std::string of_account = " where account_id = " + std::to_string(account_);
  sql_of_test(pg(), "update payments set status = 2, paid_at = now()" + of_account);
  EXPECT_EQ(service().reconcile(), 1) << "paid, but never credited";
  sql_of_test(pg(), "update payments set status = 1, paid_at = null" + of_account);
  ASSERT_EQ(client_.send("POST", path).status, 200);
  ASSERT_EQ(service().reconcile(), 0);
  sql_of_test(pg(), "update payments set amount_micros = 1" + of_account);
  EXPECT_EQ(service().reconcile(), 1) << "credited another amount";
  sql_of_test(pg(), "update payments set amount_micros = 150000000, status = 4, paid_at = null" +
                        of_account);
  EXPECT_EQ(service().reconcile(), 1) << "credited, but not paid";
  sql_of_test(pg(), "update payments set status = 2, paid_at = now()" + of_account);
}

TEST(TopupOffTest, WithoutAProviderThereIsNoTopUp) {
  Service service(Stack::shared().fresh_database());
  const std::string key = seed_key(service.pg(), seed_account(service.pg()));
  HttpClient client = service.client();
  const HttpAnswer answer = client.post(key, "/api/balance/topup", "");
  EXPECT_EQ(answer.status, 503);
  EXPECT_TRUE(contains(answer.body, "Top-up is not available here.")) << answer.body;
  const std::string reference = payment_reference({1, new_uuid7()}, "");
  EXPECT_EQ(client.send("GET", "/pay/sandbox/" + reference).status, 404);
  EXPECT_EQ(client.send("POST", kCallback, {}, "{}").status, 404);
}

}  // namespace topup_test
}  // namespace dundun
