// What the official client libraries oblige a server to do, point by point, and what clients of the
// second dialect do.
#include <gtest/gtest.h>

#include "common/io/json.h"
#include "tests/support/cutting_proxy.h"
#include "tests/support/sdk_client.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/suite_service.h"

namespace dundun {
namespace compatibility_test {

using Kind = SdkClient::Kind;
using Raised = SdkClient::Raised;

class CompatibilityTest : public testing::TestWithParam<Kind> {
 protected:
  CompatibilityTest()
      : account_(seed_account(pg())),
        key_(seed_key(pg(), account_, KeyKind::kLive, "{send,query,webhooks}")),
        test_key_(seed_key(pg(), account_, KeyKind::kTest)) {}

  // All tests come from one address, and another's wrong keys count for it too.
  ~CompatibilityTest() override { forget_bad_keys(Stack::shared().redis_url()); }

  static Service& service() {
    static SuiteService shared({.messages_workers = 1,
                                .environment = {{"PAYMENT_PROVIDER", "sandbox"},
                                                {"PAYMENT_SECRET", "a secret for tests only"},
                                                {"PUBLIC_URL", "http://x"}}});
    return shared.get();
  }
  static Pg& pg() { return service().pg(); }
  SdkClient sdk() const { return SdkClient(GetParam(), service().http_address(), key_); }
  SdkClient sdk_of(const std::string& key) const {
    return SdkClient(GetParam(), service().http_address(), key);
  }
  int64_t messages() {
    return number_of(
        pg(), "select count(*) from messages where account_id = " + std::to_string(account_));
  }
  static std::string text_field(const std::string& body, const char* name) {
    const auto document = JsonDocument::parse(body);
    if (!document || !document->root().is_object()) return "";
    const auto value = document->root().find(name);
    return value && value->is_string() ? std::string(value->string()) : "";
  }
  std::string failed_message() {
    const auto sent =
        sdk().call("POST", "/api/messages/send", R"({"to":"+254712345678","text":"Hello"})");
    const std::string id = text_field(sent.body, "id");
    sql_of_test(pg(), "update messages set status = 6, failed_at = now() where message_id = '" +
                          id.substr(4) + "'");
    return id;
  }

  int64_t account_;
  std::string key_, test_key_;
};

INSTANTIATE_TEST_SUITE_P(Libraries, CompatibilityTest,
                         testing::Values(Kind::kNode, Kind::kNodeOld, Kind::kPhp),
                         [](const auto& each) {
                           return each.param == Kind::kNode      ? "Node"
                                  : each.param == Kind::kNodeOld ? "NodeOld"
                                                                 : "Php";
                         });

// 15.1: literal paths win over ids, under both bases.
TEST_P(CompatibilityTest, LiteralPathsWin) {
  for (const std::string base : {"/api", "/v1"}) {
    for (const std::string path :
         {"/messages/stats", "/messages/volume", "/messages/export", "/messages/batches",
          "/verify/apps", "/messages", "/routes", "/balance", "/balance/transactions",
          "/contact-lists", "/sender-ids", "/opt-outs", "/webhooks", "/verify"}) {
      EXPECT_EQ(sdk().call("GET", base + path).status, 200) << base << path;
    }
    EXPECT_EQ(sdk()
                  .call("GET", base + "/messages/status?ids=" +
                                   percent_encoded("msg-01960000-0000-7000-8000-00000000abcd,"
                                                   "msg-01960000-0000-7000-8000-00000000abce"))
                  .body,
              R"({"messages":[]})");
  }
}

// 15.2: a POST without a body has no Content-Length (PHP) or says 0 (node); never 411 or 415.
TEST_P(CompatibilityTest, PostsWithoutABodyAreFine) {
  const std::string failed = failed_message();
  const auto retried = sdk().call("POST", "/api/messages/" + failed + "/retry");
  EXPECT_EQ(retried.status, 200) << retried.body;
  EXPECT_EQ(text_field(retried.body, "original_id"), failed);
  const auto topup = sdk().call("POST", "/api/balance/topup");
  EXPECT_EQ(topup.status, 200) << topup.body;
  const auto rotated = sdk().call("POST", "/api/webhooks/rotate-secret");
  EXPECT_EQ(rotated.status, 200) << rotated.body;
  const auto started =
      sdk_of(test_key_).call("POST", "/v1/verify/start", R"({"to":"+254712345678"})");
  const std::string id = text_field(started.body, "verification_id");
  EXPECT_EQ(sdk_of(test_key_).call("POST", "/v1/verify/" + id + "/resend").status, 429);
  EXPECT_EQ(sdk_of(test_key_).call("POST", "/v1/verify/" + id + "/cancel").status, 200);
}

// 15.3: ids are decoded after the path is split.
TEST_P(CompatibilityTest, PathIdsAreDecodedAfterTheSplit) {
  const auto unknown = sdk().call("GET", "/api/messages/" + percent_encoded("no such/id"));
  EXPECT_EQ(unknown.raised, Raised::kNotFound);
  EXPECT_EQ(unknown.message, "Message not found");
  EXPECT_EQ(sdk().call("POST", "/api/opt-outs", R"({"phone":"+256700000111"})").raised,
            Raised::kNothing);
  const auto gone = sdk().call("DELETE", "/api/opt-outs/" + percent_encoded("+256700000111"));
  EXPECT_EQ(gone.status, 200) << gone.body;
  EXPECT_TRUE(JsonDocument::parse(gone.body)->root().is_object());  // PHP: array, never empty
  const auto listed =
      sdk().call("GET", "/api/messages?to=" + percent_encoded("+254712345678") + "&page=0");
  EXPECT_EQ(listed.status, 200);
}

// 15.4: JSON for every success but DELETE /verify/apps/{id}; /routes is a bare array.
TEST_P(CompatibilityTest, SuccessHasJson) {
  EXPECT_TRUE(JsonDocument::parse(sdk().call("GET", "/api/routes").body)->root().is_array());
  EXPECT_TRUE(JsonDocument::parse(sdk().call("GET", "/api/messages").body)
                  ->root()
                  .find("messages")
                  ->is_array());
  const auto made = sdk().call("POST", "/api/verify/apps", R"({"name":"Shop"})");
  const std::string id = text_field(made.body, "id");
  const auto gone = sdk().call("DELETE", "/api/verify/apps/" + id);
  EXPECT_EQ(gone.status, 204);
  EXPECT_EQ(gone.body, "");
}

// 15.5: what toISOString and DATE_ATOM write.
TEST_P(CompatibilityTest, ScheduledAtComesInMillisecondsAndOffsets) {
  const auto at = [](std::chrono::hours ahead) { return now() + ahead; };
  const std::string plain = format_z(at(std::chrono::hours(2)));
  const std::string local = format_offset(at(std::chrono::hours(2)) + std::chrono::hours(3));
  for (const std::string& text :
       {plain, format_z_ms(at(std::chrono::hours(2))), format_offset(at(std::chrono::hours(2))),
        local.substr(0, 19) + "+03:00"}) {
    const auto sent = sdk().call("POST", "/api/messages/send",
                                 R"({"to":"+254712345678","text":"Hi","schedule_mode":"scheduled",)"
                                 R"("scheduled_at":")" +
                                     text + "\"}");
    EXPECT_EQ(sent.status, 200) << text << " " << sent.body;
    EXPECT_EQ(text_field(sent.body, "scheduled_at").substr(0, 16), plain.substr(0, 16)) << text;
  }
}

// 15.6: escapes of json_encode are decoded before segments are counted; [] may be an empty map.
TEST_P(CompatibilityTest, EscapedTextCountsDecoded) {
  const std::string text = "Pay at shop/1 \u20ac5 \U0001F600";
  const auto sent = sdk().call("POST", "/api/messages/send",
                               R"({"to":"+254712345678","text":)" + php_json(text) + "}");
  ASSERT_EQ(sent.status, 200) << sent.body;
  EXPECT_EQ(text_field(sent.body, "encoding"), "UCS2");
  const auto seen = sdk().call("GET", "/api/messages/" + text_field(sent.body, "id"));
  EXPECT_EQ(text_field(seen.body, "text"), text);
  const std::string slashes(160, '/');
  const auto one = sdk().call("POST", "/api/messages/send",
                              R"({"to":"+254712345678","text":)" + php_json(slashes) + "}");
  EXPECT_NE(one.body.find(R"("segments":1,)"), std::string::npos) << one.body;
  const auto bulk = sdk().call("POST", "/api/messages/bulk-precheck",
                               R"({"recipients":[{"to":"+254712345678","vars":[]}],"text":"Hi"})");
  EXPECT_EQ(bulk.status, 200) << bulk.body;
}

// 15.8: numbers are JSON numbers, ids of messages texts.
TEST_P(CompatibilityTest, TypesAreAsDocumented) {
  const auto sent =
      sdk().call("POST", "/api/messages/send", R"({"to":"+254712345678","text":"Hi"})");
  const auto document = JsonDocument::parse(sent.body);
  const JsonValue root = document->root();
  EXPECT_TRUE(root.find("id")->is_string());
  for (const char* name : {"segments", "cost", "route_cost", "balance_after"}) {
    EXPECT_TRUE(root.find(name)->is_number()) << name;
  }
  EXPECT_TRUE(root.find("scheduled_at")->is_null());
  const auto page = JsonDocument::parse(sdk().call("GET", "/api/balance/transactions").body);
  EXPECT_TRUE(page->root().find("transactions")->items().at(0).find("id")->is_integer());
}

// 15.9 and 15.12: the class by the code first, else by the status; every answer has an id.
TEST_P(CompatibilityTest, ErrorsRaiseTheRightClass) {
  const auto expect = [&](const SdkClient::Result& result, Raised raised, int status,
                          const std::string& code) {
    EXPECT_EQ(result.raised, raised) << result.body;
    EXPECT_EQ(result.status, status) << result.body;
    EXPECT_EQ(result.code, code) << result.body;
    EXPECT_FALSE(result.message.empty());
    EXPECT_EQ(result.request_id.size(), 32u);
  };
  const std::string body = R"({"to":"+254712345678","text":"Hi"})";
  expect(sdk_of("esms_live_unknown").call("GET", "/api/balance"), Raised::kAuthentication, 401,
         "invalid_api_key");
  const std::string reader = seed_key(pg(), account_, KeyKind::kLive, "{query}");
  expect(sdk_of(reader).call("POST", "/api/messages/send", body), Raised::kPermission, 403,
         "insufficient_scope");
  expect(sdk().call("GET", "/api/messages/x"), Raised::kNotFound, 404, "not_found");
  expect(sdk().call("POST", "/api/messages/send", "{}"), Raised::kInvalidRequest, 422,
         "validation_error");
  expect(sdk().call("POST", "/api/messages/send", R"({"to":"07","text":"Hi"})"),
         Raised::kInvalidRequest, 400, "invalid_phone");
  const int64_t poor = seed_account(pg(), {.live_micros = 0, .test_micros = 0});
  const std::string poor_key = seed_key(pg(), poor);
  expect(sdk_of(poor_key).call("POST", "/api/messages/send", body), Raised::kInsufficientBalance,
         422, "insufficient_balance");
  expect(sdk_of(poor_key).call("POST", "/v1/messages/send", body), Raised::kInsufficientBalance,
         402, "insufficient_balance");
  expect(sdk_of(poor_key).call("POST", "/v1/verify/start", R"({"to":"+254712345678"})"),
         Raised::kInsufficientBalance, 402, "insufficient_balance");
}

// 15.10: 429 is tried again, up to three times, with or without a key.
TEST_P(CompatibilityTest, RateLimitsAreTriedAgain) {
  const std::string slow = seed_key(pg(), account_, KeyKind::kLive, "{query}", 1);
  SdkClient client = sdk_of(slow);
  (void)client.call("GET", "/api/balance");
  const auto refused = client.call("GET", "/api/balance");
  EXPECT_EQ(refused.raised, Raised::kRateLimited) << refused.body;
  EXPECT_EQ(refused.tries, 3);
}

// 15.10: with a key a lost answer is asked for again and nothing is sent twice; without one the new
// library gives up, and the old one's second send is a second message (15.11).
TEST_P(CompatibilityTest, LostAnswersAndRetries) {
  const std::string name = "/sdk" + std::to_string(static_cast<int>(GetParam())) + ".sock";
  CuttingProxy proxy(Stack::shared().folder() + name, service().http_address(), 100, 1);
  SdkClient cut(GetParam(), proxy.path(), key_);
  const std::string body = R"({"to":"+254712345678","text":"Once"})";
  const auto keyed = cut.call("POST", "/api/messages/send", body, "uuid-1");
  EXPECT_EQ(keyed.raised, Raised::kServer);
  EXPECT_EQ(keyed.tries, 3);
  EXPECT_EQ(messages(), GetParam() == Kind::kNodeOld ? 3 : 1);
  const auto again = sdk().call("POST", "/api/messages/send", body, "uuid-1");
  EXPECT_EQ(again.raised, Raised::kNothing) << again.body;
  EXPECT_EQ(messages(), GetParam() == Kind::kNodeOld ? 4 : 1);
  const int64_t before = messages();
  const auto bare = cut.call("POST", "/api/messages/send", body);
  EXPECT_EQ(bare.tries, GetParam() == Kind::kNodeOld ? 3 : 1);
  EXPECT_EQ(messages() - before, bare.tries);
  EXPECT_EQ(cut.call("GET", "/api/balance").tries, 3);
}

// The second dialect's clients: either header, {"error"}, 202 and 201, pages from 1.
TEST_P(CompatibilityTest, GravityClientsReadOneText) {
  const auto refused = sdk().call("GET", "/v1/sms/status/x");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.body, R"({"error":"Invalid messageId format"})");
  EXPECT_EQ(refused.message, "Invalid messageId format");
  EXPECT_EQ(refused.request_id.size(), 32u);
  sql_of_test(pg(),
              "insert into inbound_numbers (number, country, account_id) values "
              "('+2547000000" +
                  std::to_string(10 + static_cast<int>(GetParam())) + "', 'KE', " +
                  std::to_string(account_) + ")");
  const std::string from = "+2547000000" + std::to_string(10 + static_cast<int>(GetParam()));
  const auto sent = sdk().call("POST", "/v1/sms/send",
                               R"({"from":")" + from + R"(","to":"+254712345678","body":"Hi"})");
  EXPECT_EQ(sent.status, 202) << sent.body;
  const std::string id = text_field(sent.body, "messageId");
  EXPECT_EQ(sdk().call("GET", "/v1/sms/status/" + percent_encoded(id)).status, 200);
  EXPECT_NE(sdk().call("GET", "/v1/sms/messages").body.find(R"("page":1)"), std::string::npos);
  const auto token = sdk().call("POST", "/v1/ws/token");
  EXPECT_EQ(token.status, 200) << token.body;
  EXPECT_EQ(text_field(token.body, "token").find("wst_"), 0u);
}

}  // namespace compatibility_test
}  // namespace dundun
