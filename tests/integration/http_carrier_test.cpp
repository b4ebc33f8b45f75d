// Carriers with an HTTP API, by the shipped descriptions: what leaves, and what the answers do.
#include "tests/support/http_carrier_test.h"

#include <atomic>
#include <map>
#include <thread>

#include "common/web/router.h"

namespace dundun {
namespace http_carrier_test {

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
    ASSERT_TRUE(wait_until([&] {
      return count("messages where status = 6 and error_code = '" + wanted + "'") > 0;
    })) << said;
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

TEST_F(HttpCarrierTest, InfobipIsUnderstoodByTheNamesOfItsStatuses) {
  start("infobip", [&](const Seen& seen) {
    const auto body = JsonDocument::parse(seen.body);
    const JsonValue message = body->root().find("messages")->items().at(0);
    const std::string text(message.find("content")->find("text")->string());
    if (text == "401") return Reply{401, R"({"requestError": {}})", ""};
    return Reply{200,
                 R"({"messages": [{"messageId": "x", "status": {"groupId": 5, "name": ")" + text +
                     R"("}}]})",
                 ""};
  });
  ASSERT_EQ(send("MISSING_TO").status, 200);
  ASSERT_EQ(send("REJECTED_SPAM").status, 200);
  ASSERT_EQ(send("REJECTED_NOT_ENOUGH_CREDITS").status, 200);
  ASSERT_EQ(send("401").status, 200);
  ASSERT_TRUE(wait_until([&] { return count("messages where status = 6 and refunded") == 4; }));
  EXPECT_EQ(count("messages where error_code = 'INVALID_NUMBER' and retry_count = 0"), 1);
  EXPECT_EQ(count("messages where error_message like '%: REJECTED_SPAM' and retry_count = 0 and "
                  "carrier_error_code = 'REJECTED_SPAM'"),
            1);
  EXPECT_EQ(count("messages where error_message like '%cannot take messages now.'"
                  " and retry_count = 2"),
            2);
  const Seen seen = gateway_->seen().at(0);
  EXPECT_EQ(seen.target, "/sms/3/messages");
  EXPECT_EQ(seen.headers.at("authorization"), "App key-of-the-carrier");
  EXPECT_TRUE(contains(seen.body, R"("destinations":[{"to":"254712345678","messageId":")"))
      << seen.body;
  EXPECT_EQ(service_->reconcile(), 0);
}

TEST_F(HttpCarrierTest, AThrottledSubmitWaitsAsLongAsItIsTold) {
  std::atomic<int> calls{0};
  start("infobip", [&](const Seen&) {
    return ++calls == 1 ? Reply{429, "{}", "Retry-After: 2\r\n"} : infobip_takes(1);
  });
  ASSERT_EQ(send("Gate 4").status, 200);
  ASSERT_TRUE(wait_until([&] { return count("dispatch") == 1; }));
  EXPECT_EQ(count("dispatch where due_at > now() and due_at <= now() + interval '2 seconds'"), 1);
  ASSERT_TRUE(reaches("3 -"));
  EXPECT_EQ(gateway_->seen().size(), 2u);
}

TEST_F(HttpCarrierTest, NobodyThereIsCertainlyNotSent) {
  start("africastalking", [](const Seen&) { return africastalking_takes(1); });
  gateway_.reset();
  EXPECT_TRUE(contains(send("Gate 4").body, R"("status":"queued")"));
  ASSERT_TRUE(wait_until([&] { return count("dispatch where attempt > 1") == 1; }));
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
  ASSERT_TRUE(wait_until([&] {
    return count("messages where error_code = 'SUBMIT_UNKNOWN'") == all;
  })) << count("messages where error_code = 'SUBMIT_UNKNOWN'");
  EXPECT_EQ(gateway_->seen().size(), plays.size());
  EXPECT_EQ(balance(), 1'000'000'000);
  EXPECT_EQ(service_->reconcile(), 0);
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

}  // namespace http_carrier_test
}  // namespace dundun
