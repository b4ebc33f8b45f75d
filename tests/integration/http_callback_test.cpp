// Callbacks of carriers with an HTTP API: how they prove themselves, and how receipts find their
// messages.
#include <atomic>
#include <future>
#include <thread>

#include "common/io/crypto.h"
#include "tests/support/http_carrier_test.h"

namespace dundun {
namespace http_callback_test {

TEST_F(HttpCarrierTest, AReceiptMayComeBeforeTheAnswer) {
  std::promise<void> came;
  std::shared_future<void> receipt = came.get_future().share();
  start("africastalking", [receipt](const Seen&) {
    receipt.wait();
    return africastalking_takes(1);
  });
  std::thread client([&] { (void)send("Gate 4"); });
  ASSERT_TRUE(wait_until([&] { return gateway_->seen().size() == 1; }));
  EXPECT_TRUE(contains(with_secret("id=ATXid_001&status=Success", false).body, "kept"));
  EXPECT_TRUE(contains(with_secret("id=ATXid_001&status=Success", false).body, "kept"));
  EXPECT_EQ(number_of(pg(), "select sum(times) from carrier_receipts"), 2);
  came.set_value();
  client.join();
  ASSERT_TRUE(reaches("5 -")) << status();
  EXPECT_TRUE(wait_until([&] { return count("carrier_receipts") == 0; }));
}

TEST_F(HttpCarrierTest, InfobipReportsSeveralInOneCall) {
  std::atomic<int> calls{0};
  start("infobip", [&](const Seen&) { return infobip_takes(++calls); });
  for (int i = 1; i <= 3; ++i) {
    ASSERT_EQ(send("Gate", "+25471234567" + std::to_string(i)).status, 200);
  }
  ASSERT_TRUE(wait_until([&] { return count("carrier_ids") == 3; }));
  const std::string callback = R"({"results": [
      {"messageId": "IB-1", "to": "254712345671", "doneAt": "2026-05-02T06:00:04.000+0000",
       "status": {"name": "DELIVERED_TO_HANDSET"}, "error": {"name": "NO_ERROR"}},
      {"messageId": "IB-2", "status": {"groupName": "UNDELIVERABLE"},
       "error": {"name": "EC_ABSENT_SUBSCRIBER"}},
      {"messageId": "IB-3", "status": {"groupName": "PENDING"}},
      {"messageId": "IB-3", "status": {"groupName": "EXPIRED"}},
      {"messageId": "IB-9", "to": "254712345679", "status": {"name": "DELIVERED_TO_HANDSET"}}]})";
  EXPECT_EQ(with_secret(callback, true).status, 200);
  ASSERT_TRUE(wait_until([&] { return count("carrier_receipts") == 1; }));
  EXPECT_EQ(count("messages where status = 5"), 1);
  EXPECT_EQ(count("messages where status = 6 and error_code = 'UNDELIV' and carrier_error_code = "
                  "'EC_ABSENT_SUBSCRIBER'"),
            1);
  EXPECT_EQ(count("messages where status = 6 and error_code = 'EXPIRED'"), 1);
  EXPECT_EQ(count("message_events where metadata like '%EC_ABSENT_SUBSCRIBER%'"), 1);
  EXPECT_EQ(count("message_events where metadata like '%2026-05-02T06:00:04%'"), 1);
  // The one that nobody knows stays, however often it comes.
  EXPECT_EQ(with_secret(callback, true).status, 200);
  ASSERT_TRUE(wait_until([&] { return count("carrier_receipts where times = 2") == 1; }));
  ASSERT_TRUE(wait_until([&] { return count("carrier_receipts") == 1; }));
  EXPECT_EQ(count("carrier_receipts where number = '25471*****79'"), 1);
  EXPECT_EQ(service_->reconcile(), 0);
}

TEST_F(HttpCarrierTest, ASignedCallbackEndsTheDoubt) {
  start("infobip", [](const Seen&) { return Reply{500, "", ""}; });
  ASSERT_EQ(send("Gate 4").status, 200);
  ASSERT_TRUE(wait_until([&] { return gateway_->seen().size() == 1; }));
  const auto body = JsonDocument::parse(gateway_->seen().at(0).body);
  ASSERT_TRUE(body);
  const JsonValue message = body->root().find("messages")->items().at(0);
  const std::string url(message.find("webhooks")->find("delivery")->find("url")->string());
  const std::string query = url.substr(url.find('?'));
  const std::string receipt =
      R"({"results": [{"messageId": "x", "status": {"name": "DELIVERED_TO_HANDSET"}}]})";
  EXPECT_EQ(call_back("/dlr" + query + "0", receipt, true).status, 401);
  EXPECT_EQ(call_back("/dlr?ref=1-0&sig=", receipt, true).status, 401);
  // The signature is worth one message.
  EXPECT_EQ(call_back("/dlr" + query,
                      R"({"results": [{"callbackData": "1-01984f6e6a107c119b5231c6a6a0d9f4",
                          "status": {"name": "DELIVERED_TO_HANDSET"}}]})",
                      true)
                .status,
            400);
  EXPECT_EQ(status(), "2 -");
  EXPECT_TRUE(contains(call_back("/dlr" + query, receipt, true).body, "accepted"));
  EXPECT_EQ(status(), "5 -");
}

// Source: Africa's Talking, "Bulk SMS opt-out" notifications: phoneNumber and senderId in a form.
TEST_F(HttpCarrierTest, AnOptOutAtTheCarrierCountsForWhoHasWritten) {
  start("africastalking", [](const Seen&) { return africastalking_takes(1); });
  ASSERT_EQ(send("Gate 4").status, 200);
  ASSERT_TRUE(reaches("3 -"));
  const int64_t stranger = seed_account(pg());
  const std::string sender(sql_of_test(pg(), "select sender from messages").text(0, 0));
  const std::string path = "/" + std::string(kCarrierSecret) + "/opt-out";
  const std::string wish = "phoneNumber=%2B254712345678&senderId=";
  EXPECT_EQ(call_back("/opt-out", wish + sender, false).status, 401);
  EXPECT_EQ(call_back(path, "senderId=" + sender, false).status, 400);
  EXPECT_EQ(call_back(path, "phoneNumber=x&senderId=" + sender, false).status, 400);
  EXPECT_TRUE(contains(call_back(path, wish + "Another", false).body, "unrouted"));
  EXPECT_EQ(count("opt_outs"), 0);
  EXPECT_TRUE(contains(call_back(path, wish + sender, false).body, "accepted"));
  EXPECT_TRUE(contains(call_back(path, wish + sender, false).body, "duplicate"));
  EXPECT_EQ(count("opt_outs where source = 3 and account_id = " + std::to_string(account_)), 1);
  EXPECT_EQ(count("opt_outs where account_id = " + std::to_string(stranger)), 0);
  const HttpAnswer refused = send("Gate 5");
  EXPECT_EQ(refused.status, 403);
  EXPECT_TRUE(contains(refused.body, "recipient_opted_out")) << refused.body;
  EXPECT_TRUE(
      contains(service_->client().get(key_, "/api/opt-outs").body, R"("source":"carrier")"));
}

TEST_F(HttpCarrierTest, WhoDoesNotProveItselfChangesNothing) {
  start("africastalking", [](const Seen&) { return africastalking_takes(1); });
  ASSERT_EQ(send("Gate 4").status, 200);
  ASSERT_TRUE(reaches("3 -"));
  const std::string receipt = "id=ATXid_001&status=Success";
  EXPECT_EQ(call_back("/dlr", receipt, false).status, 401);
  EXPECT_EQ(call_back("/wrong/dlr", receipt, false).status, 401);
  EXPECT_EQ(call_back("/dlr?sig=x&ref=y", receipt, false).status, 401);
  EXPECT_EQ(with_secret("status=Success", false).status, 400);
  EXPECT_EQ(with_secret("id=ATXid_001", false).status, 400);
  EXPECT_EQ(with_secret("id=%01&status=Success", false).status, 400);
  EXPECT_EQ(with_secret("{", true).status, 400);
  EXPECT_EQ(status(), "3 -");
  EXPECT_EQ(count("carrier_receipts"), 0);
}

TEST_F(HttpCarrierTest, TextsThatComeInAreReadByTheDescription) {
  start("infobip", [](const Seen&) { return infobip_takes(1); });
  sql_of_test(pg(),
              "insert into inbound_numbers (number, country, account_id) values "
              "('20880', 'KE', " +
                  std::to_string(account_) + ")");
  const std::string texts = R"({"results": [
      {"messageId": "mo-1", "from": "254712345678", "to": "20880", "text": "Price?"},
      {"messageId": "mo-2", "from": "254712345679", "to": "20880", "text": "Ndiyo 😀"}]})";
  const std::string path = "/" + std::string(kCarrierSecret) + "/mo";
  EXPECT_EQ(call_back("/wrong/mo", texts, true).status, 401);
  EXPECT_EQ(call_back(path, texts, true).status, 200);
  EXPECT_EQ(call_back(path, texts, true).status, 200);
  EXPECT_EQ(count("inbound_messages"), 2);
  EXPECT_EQ(count("inbound_messages where body = 'Ndiyo 😀' and sender = '+254712345679'"), 1);
  EXPECT_EQ(call_back(path, R"({"results": [{"messageId": "mo-3"}]})", true).status, 400);
}

TEST_F(HttpCarrierTest, ACallbackMayBeAGetWithAPassword) {
  start_described("basic", R"({"url": "{{secret.base_url}}/s", "private_addresses": true,
      "form": {"to": "{{to}}", "text": "{{text}}"},
      "answer": {"id": "after:ID:", "rules": [{"http": 200, "at": "after:ID:", "means": "accepted"}]},
      "dlr": {"id": "?id", "status": "?st", "words": {"OK": "DELIVRD"}},
      "callback_proof": {"basic": {"username": "username", "password": "api_key"}}})",
                  [](const Seen&) {
                    return Reply{200, "OK ID: m-1", ""};
                  });
  ASSERT_EQ(send("Gate 4").status, 200);
  ASSERT_TRUE(reaches("3 -"));
  const auto get = [&](const std::string& path, const std::string& authorization) {
    return service_->client().send("GET", "/carrier/basic" + path + "/dlr?id=m-1&st=OK",
                                   {{"Authorization", authorization}});
  };
  const std::string good = "Basic " + to_base64("sandbox:key-of-the-carrier");
  EXPECT_EQ(get("", "").status, 401);
  EXPECT_EQ(get("", "Basic " + to_base64("sandbox:wrong")).status, 401);
  EXPECT_EQ(get("/" + std::string(kCarrierSecret), "").status, 401);
  EXPECT_EQ(status(), "3 -");
  const HttpAnswer taken = get("", good);
  EXPECT_EQ(taken.status, 200);
  EXPECT_EQ(taken.body, "");
  EXPECT_EQ(status(), "5 -");
}

}  // namespace http_callback_test
}  // namespace dundun
