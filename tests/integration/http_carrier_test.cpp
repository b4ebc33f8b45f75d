// Carriers with an HTTP API, by the shipped descriptions: what leaves, what the answers do, and how
// the receipts find their messages.
#include "tests/support/http_carrier.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "common/io/json.h"
#include "common/web/router.h"
#include "tests/support/http_stand_in.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"

namespace dundun {
namespace {

using Seen = HttpStandIn::Seen;
using Reply = HttpStandIn::Reply;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string json_text(const std::string& text) {
  JsonWriter json;
  json.value(std::string_view(text));
  return json.take();
}

// The stand-in for a carrier that takes everything: its answer names the message "id-<n>".
Reply africastalking_takes(int nth) {
  return {201,
          R"({"SMSMessageData": {"Message": "Sent to 1/1", "Recipients": [{"statusCode": 101,
           "number": "+254712345678", "status": "Success", "cost": "KES 0.8000",
           "messageId": "ATXid_00)" +
              std::to_string(nth) + R"("}]}})",
          ""};
}
Reply africastalking_says(int code, const std::string& status) {
  return {201,
          R"({"SMSMessageData": {"Message": "Sent to 0/1", "Recipients": [{"statusCode": )" +
              std::to_string(code) + R"(, "number": "+254712345678", "cost": "0", "status": ")" +
              status + R"(", "messageId": "None"}]}})",
          ""};
}
Reply infobip_takes(int nth) {
  return {200,
          R"({"messages": [{"to": "254712345678", "messageId": "IB-)" + std::to_string(nth) +
              R"(", "status": {"groupId": 1, "groupName": "PENDING", "id": 26,
                  "name": "PENDING_ACCEPTED", "description": "Message accepted"}}]})",
          ""};
}

class HttpCarrierTest : public testing::Test {
 protected:
  void start(const std::string& name, HttpStandIn::Play play, const std::string& members = "") {
    start_described(name, shipped_description(name, members), std::move(play));
  }
  void start_described(const std::string& name, const std::string& description,
                       HttpStandIn::Play play) {
    carrier_ = name;
    gateway_ = std::make_unique<HttpStandIn>(std::move(play));
    const std::string folder = Stack::shared().folder() + "/http-carriers";
    const std::string database = Stack::shared().fresh_database();
    Pg before({.url = database});
    take_over(before, folder,
              {name,
               description,
               {{"base_url", gateway_->url()},
                {"api_key", "key-of-the-carrier"},
                {"username", "sandbox"},
                {"secret", "signs-the-callbacks"},
                {"webhook_secret", "whsec_x"},
                {"receipts_url", "http://127.0.0.1:1/carrier/" + name + "/dlr"}}});
    Service::Options options;
    options.environment = {{"CARRIER_SECRETS_DIR", folder}, {"SUBMIT_DOUBT_S", "3"}};
    service_ = std::make_unique<Service>(database, options);
    account_ = seed_account(pg());
    key_ = seed_key(pg(), account_);
    scheduler_ = service_->scheduler(600);
  }
  Pg& pg() { return service_->pg(); }

  HttpAnswer send(const std::string& text, const std::string& to = "+254712345678") {
    return service_->client().post(key_, "/api/messages/send",
                                   R"({"to":")" + to + R"(","text":)" + json_text(text) + "}");
  }
  std::string status() {
    const PgRows rows = sql_of_test(pg(), "select status, error_code from messages");
    return std::to_string(rows.i16(0, 0)) + " " + rows.maybe_text(0, 1).value_or("-");
  }
  bool reaches(const std::string& wanted, double limit_s = 20) {
    return wait_until([&] { return status() == wanted; }, limit_s);
  }
  HttpAnswer call_back(const std::string& rest, const std::string& body, bool json,
                       const HttpClient::Headers& more = {}) {
    HttpClient::Headers headers = more;
    headers.emplace_back("Content-Type",
                         json ? "application/json" : "application/x-www-form-urlencoded");
    return service_->client().send("POST", "/carrier/" + carrier_ + rest, headers, body);
  }
  HttpAnswer with_secret(const std::string& body, bool json) {
    return call_back("/" + std::string(kCarrierSecret) + "/dlr", body, json);
  }
  int64_t count(const std::string& what) { return number_of(pg(), "select count(*) from " + what); }
  int64_t balance() {
    return number_of(pg(), "select balance_micros from wallets where environment = 0");
  }

  std::string carrier_;
  std::unique_ptr<HttpStandIn> gateway_;
  std::unique_ptr<Service> service_;
  Process scheduler_;
  int64_t account_ = 0;
  std::string key_;
};

TEST_F(HttpCarrierTest, AfricasTalkingTakesAFormAndReportsById) {
  start("africastalking", [](const Seen&) { return africastalking_takes(7); });
  const HttpAnswer sent = send("Gate 4 & 5 = 9?");
  EXPECT_TRUE(contains(sent.body, R"("status":"submitted")")) << sent.body;
  const Seen seen = gateway_->seen().at(0);
  EXPECT_EQ(seen.target, "/version1/messaging");
  EXPECT_EQ(seen.headers.at("apikey"), "key-of-the-carrier");
  EXPECT_EQ(seen.headers.at("content-type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(seen.body,
            "username=sandbox&to=%2B254712345678&message=Gate%204%20%26%205%20%3D%209%3F"
            "&from=eSMSAfrica&enqueue=1");
  ASSERT_TRUE(reaches("3 -"));
  // Case and zeros of an id count: this is another message's.
  EXPECT_TRUE(contains(with_secret("id=atxid_007&status=Success", false).body, "kept"));
  const std::string receipt = "id=ATXid_007&status=Success&phoneNumber=%2B254712345678";
  EXPECT_TRUE(contains(with_secret(receipt, false).body, "accepted"));
  EXPECT_EQ(status(), "5 -");
  EXPECT_TRUE(contains(with_secret(receipt, false).body, "duplicate"));
  EXPECT_EQ(count("message_events where event = 'delivered'"), 1);
  EXPECT_EQ(count("carrier_ids where carrier = 'africastalking'"), 1);
  EXPECT_EQ(service_->reconcile(), 0);
}

TEST_F(HttpCarrierTest, EveryRefusalIsFinalRefundedAndExplained) {
  std::atomic<int> code{0};
  start("africastalking", [&](const Seen&) {
    if (code == 1) {
      return Reply{201, R"({"SMSMessageData": {"Message": "InvalidSenderId", "Recipients": []}})",
                   ""};
    }
    return africastalking_says(code, code == 403 ? "InvalidPhoneNumber" : "Other");
  });
  const std::pair<int, std::string> cases[] = {{403, "INVALID_NUMBER"},
                                               {404, "INVALID_NUMBER"},
                                               {406, "OPTED_OUT"},
                                               {402, "SUBMIT_FAIL"},
                                               {1, "SUBMIT_FAIL"}};
  for (const auto& [said, wanted] : cases) {
    code = said;
    const HttpAnswer sent = send("Gate 4");
    EXPECT_TRUE(contains(sent.body, R"("status":"failed")")) << said << sent.body;
    EXPECT_EQ(contains(sent.body, "refused the message: InvalidPhoneNumber"), said == 403);
    ASSERT_TRUE(wait_until(
        [&] { return count("messages where status = 6 and error_code = '" + wanted + "'") > 0; },
        10))
        << said;
    sql_of_test(pg(), "update messages set error_code = 'SEEN' where status = 6");
  }
  EXPECT_EQ(gateway_->seen().size(), std::size(cases));
  EXPECT_EQ(balance(), 1'000'000'000);
  EXPECT_EQ(service_->reconcile(), 0);
}

TEST_F(HttpCarrierTest, AFailureThatMayPassIsTriedAgain) {
  std::atomic<int> calls{0};
  start("africastalking", [&](const Seen&) {
    return ++calls == 1 ? africastalking_says(405, "InsufficientBalance") : africastalking_takes(1);
  });
  ASSERT_EQ(send("Gate 4").status, 200);
  ASSERT_TRUE(reaches("3 SUBMIT_FAIL")) << status();
  EXPECT_EQ(gateway_->seen().size(), 2u);
  // What the carrier thinks of our account is not shown to the client.
  EXPECT_EQ(count("message_events where detail like '%Insufficient%'"), 0);
}

TEST_F(HttpCarrierTest, AThrottledSubmitWaitsAsLongAsItIsTold) {
  std::atomic<int> calls{0};
  start("infobip", [&](const Seen&) {
    return ++calls == 1 ? Reply{429, "{}", "Retry-After: 2\r\n"} : infobip_takes(1);
  });
  ASSERT_EQ(send("Gate 4").status, 200);
  ASSERT_TRUE(wait_until([&] { return count("dispatch") == 1; }, 10));
  EXPECT_EQ(count("dispatch where due_at > now() and due_at <= now() + interval '2 seconds'"), 1);
  ASSERT_TRUE(reaches("3 -"));
  EXPECT_EQ(gateway_->seen().size(), 2u);
}

TEST_F(HttpCarrierTest, NobodyThereIsCertainlyNotSent) {
  start("africastalking", [](const Seen&) { return africastalking_takes(1); });
  gateway_.reset();
  EXPECT_TRUE(contains(send("Gate 4").body, R"("status":"queued")"));
  ASSERT_TRUE(wait_until([&] { return count("dispatch where attempt > 1") == 1; }, 20));
  EXPECT_EQ(status(), "2 -");
}

// A carrier that may have taken the message is not asked again, and money comes back in the end.
TEST_F(HttpCarrierTest, WhatIsInDoubtIsNotSentAgain) {
  const std::map<std::string, Reply> plays{
      {"hang", {}},
      {"garbage", {200, "<html>fine</html>", ""}},
      {"huge", {200, std::string(10 << 20, 'x'), ""}},
      {"cut", {200, "ff\r\nhalf", "Transfer-Encoding: chunked\r\n"}},
      {"trouble", {500, "{}", ""}},
      {"no-id", {201, R"({"SMSMessageData": {"Recipients": [{"statusCode": 101}]}})", ""}},
  };
  start(
      "africastalking",
      [&](const Seen& seen) {
        const size_t at = seen.body.find("message=") + 8;
        const std::string text = seen.body.substr(at, seen.body.find('&', at) - at);
        if (text == "hang") std::this_thread::sleep_for(std::chrono::seconds(1));
        return plays.at(text);
      },
      R"("timeout_ms": 500,)");
  for (const auto& [text, reply] : plays) ASSERT_EQ(send(text).status, 200);
  const auto all = static_cast<int64_t>(plays.size());
  ASSERT_TRUE(
      wait_until([&] { return count("messages where error_code = 'SUBMIT_UNKNOWN'") == all; }, 40))
      << count("messages where error_code = 'SUBMIT_UNKNOWN'");
  EXPECT_EQ(gateway_->seen().size(), plays.size());
  EXPECT_EQ(balance(), 1'000'000'000);
  EXPECT_EQ(service_->reconcile(), 0);
}

TEST_F(HttpCarrierTest, AReceiptMayComeBeforeTheAnswer) {
  std::promise<void> came;
  std::shared_future<void> receipt = came.get_future().share();
  start("africastalking", [receipt](const Seen&) {
    receipt.wait();
    return africastalking_takes(1);
  });
  std::thread client([&] { (void)send("Gate 4"); });
  ASSERT_TRUE(wait_until([&] { return gateway_->seen().size() == 1; }, 10));
  EXPECT_TRUE(contains(with_secret("id=ATXid_001&status=Success", false).body, "kept"));
  EXPECT_TRUE(contains(with_secret("id=ATXid_001&status=Success", false).body, "kept"));
  EXPECT_EQ(number_of(pg(), "select sum(times) from carrier_receipts"), 2);
  came.set_value();
  client.join();
  ASSERT_TRUE(reaches("5 -")) << status();
  EXPECT_TRUE(wait_until([&] { return count("carrier_receipts") == 0; }, 10));
}

TEST_F(HttpCarrierTest, InfobipReportsSeveralInOneCall) {
  std::atomic<int> calls{0};
  start("infobip", [&](const Seen&) { return infobip_takes(++calls); });
  for (int i = 1; i <= 3; ++i) {
    ASSERT_EQ(send("Gate", "+25471234567" + std::to_string(i)).status, 200);
  }
  ASSERT_TRUE(wait_until([&] { return count("carrier_ids") == 3; }, 10));
  const std::string callback = R"({"results": [
      {"messageId": "IB-1", "to": "254712345671", "doneAt": "2026-05-02T06:00:04.000+0000",
       "status": {"groupName": "DELIVERED"}, "error": {"name": "NO_ERROR"}},
      {"messageId": "IB-2", "status": {"groupName": "UNDELIVERABLE"},
       "error": {"name": "EC_ABSENT_SUBSCRIBER"}},
      {"messageId": "IB-3", "status": {"groupName": "PENDING"}},
      {"messageId": "IB-3", "status": {"groupName": "EXPIRED"}},
      {"messageId": "IB-9", "to": "254712345679", "status": {"groupName": "DELIVERED"}}]})";
  EXPECT_EQ(with_secret(callback, true).status, 200);
  ASSERT_TRUE(wait_until([&] { return count("carrier_receipts") == 1; }, 20));
  EXPECT_EQ(count("messages where status = 5"), 1);
  EXPECT_EQ(count("messages where status = 6 and error_code = 'UNDELIV'"), 1);
  EXPECT_EQ(count("messages where status = 6 and error_code = 'EXPIRED'"), 1);
  EXPECT_EQ(count("message_events where metadata like '%EC_ABSENT_SUBSCRIBER%'"), 1);
  EXPECT_EQ(count("message_events where metadata like '%2026-05-02T06:00:04%'"), 1);
  // The one that nobody knows stays, however often it comes.
  EXPECT_EQ(with_secret(callback, true).status, 200);
  ASSERT_TRUE(wait_until([&] { return count("carrier_receipts where times = 2") == 1; }, 10));
  ASSERT_TRUE(wait_until([&] { return count("carrier_receipts") == 1; }, 20));
  EXPECT_EQ(count("carrier_receipts where number = '25471*****79'"), 1);
  EXPECT_EQ(service_->reconcile(), 0);
}

TEST_F(HttpCarrierTest, ASignedCallbackEndsTheDoubt) {
  start("infobip", [](const Seen&) { return Reply{500, "", ""}; });
  ASSERT_EQ(send("Gate 4").status, 200);
  ASSERT_TRUE(wait_until([&] { return gateway_->seen().size() == 1; }, 10));
  const auto body = JsonDocument::parse(gateway_->seen().at(0).body);
  ASSERT_TRUE(body);
  const JsonValue message = body->root().find("messages")->items().at(0);
  const std::string url(message.find("notifyUrl")->string());
  const std::string query = url.substr(url.find('?'));
  const std::string receipt =
      R"({"results": [{"messageId": "x", "status": {"groupName": "DELIVERED"}}]})";
  EXPECT_EQ(call_back("/dlr" + query + "0", receipt, true).status, 401);
  EXPECT_EQ(call_back("/dlr?ref=1-0&sig=", receipt, true).status, 401);
  // The signature is worth one message.
  EXPECT_EQ(call_back("/dlr" + query,
                      R"({"results": [{"callbackData": "1-01984f6e6a107c119b5231c6a6a0d9f4",
                          "status": {"groupName": "DELIVERED"}}]})",
                      true)
                .status,
            400);
  EXPECT_EQ(status(), "2 -");
  EXPECT_TRUE(contains(call_back("/dlr" + query, receipt, true).body, "accepted"));
  EXPECT_EQ(status(), "5 -");
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

TEST_F(HttpCarrierTest, TextsPassThroughEveryFormAsTheyAreAndAsTheyAreBilled) {
  const std::pair<std::string, int> texts[] = {
      {"a\"b\\c}}{{to}}{{secret.api_key}}\r\nX: y&to=+1 %41=", 1},
      {"[~] \xE2\x82\xAC " + std::string(156, 'a'), 2},
      {"Карибу 😀 \"{{text}}\"", 1},
      {std::string(67, 'x') + "😀😀", 2},
  };
  const std::string described =
      R"(, "private_addresses": true,
       "answer": {"rules": [{"http": 200, "means": "accepted"}]})";
  const auto url = R"("url": "{{secret.base_url}}/send")";
  const std::string forms[] = {
      std::string("{") + url + R"(, "json": {"to": "{{to}}", "text": "{{text}}"})" + described +
          "}",
      std::string("{") + url + R"(, "form": {"to": "{{to}}", "text": "{{text}}"})" + described +
          "}",
      std::string("{\"method\": \"GET\", ") + url +
          R"(, "query": {"to": "{{to}}", "text": "{{text}}"})" + described + "}"};
  for (const std::string& form : forms) {
    start_described("plain", form, [](const Seen&) { return Reply{200, "", ""}; });
    for (size_t i = 0; i < std::size(texts); ++i) {
      const HttpAnswer sent = send(texts[i].first, "+25471234567" + std::to_string(i));
      EXPECT_TRUE(contains(sent.body, R"("segments":)" + std::to_string(texts[i].second)))
          << sent.body;
      const Seen seen = gateway_->seen().at(i);
      Request parsed;
      ASSERT_TRUE(parse_target(seen.method == "GET" ? seen.target : "/x?" + seen.body, parsed));
      if (const auto json = JsonDocument::parse(seen.body)) {
        EXPECT_EQ(json->root().find("text")->string(), texts[i].first);
      } else {
        EXPECT_EQ(parsed.query_value("text"), texts[i].first);
        EXPECT_EQ(parsed.query_value("to"), "+25471234567" + std::to_string(i));
      }
    }
    EXPECT_EQ(gateway_->seen().size(), std::size(texts));
    EXPECT_EQ(service_->reconcile(), 0);
    scheduler_ = Process();
  }
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

}  // namespace
}  // namespace dundun
