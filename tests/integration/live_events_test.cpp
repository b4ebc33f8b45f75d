// A client watches its own message on a WebSocket, through nginx.
#include <gtest/gtest.h>

#include "common/io/json.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/ws_client.h"

namespace dundun {
namespace live_events_test {

constexpr const char* kHello = R"({"to":"+254712345678","text":"Gate 4 opens at 9"})";

// The upgrade goes to nginx first, as a browser's does.
WsClient watch(const Service& service, const std::string& key) {
  WsClient client({.address = "unix:" + service.http_address()});
  EXPECT_EQ(client.status(), 101);
  client.send_text(R"({"type":"auth","apiKey":")" + key +
                   R"(","events":["message_status","balance_update"]})");
  EXPECT_TRUE(client.next_text_with(R"("auth_ok")"));
  return client;
}

TEST(LiveEventsTest, EveryStateOfAMessageComesInOrderAndOnlyToItsAccount) {
  Service service(Stack::shared().fresh_database());
  service.start_bridge();
  const std::string key = seed_key(service.pg(), seed_account(service.pg()));
  const std::string stranger_key = seed_key(service.pg(), seed_account(service.pg()));
  Process scheduler = service.scheduler(30);
  WsClient mine = watch(service, key);
  WsClient stranger = watch(service, stranger_key);
  HttpClient http = service.client();
  ASSERT_EQ(http.post(key, "/api/messages/send", kHello).status, 200);

  for (const char* status : {"queued", "submitted", "sent", "delivered"}) {
    const auto frame = mine.next_text_with(R"("type":"message_status")");
    ASSERT_TRUE(frame) << status;
    EXPECT_NE(frame->find(R"("status":")" + std::string(status) + "\""), std::string::npos)
        << *frame;
    EXPECT_NE(frame->find(R"("event_id":"evt_)"), std::string::npos) << *frame;
  }
  ASSERT_EQ(http.post(key, "/api/messages/send", kHello).status, 200);
  const auto balance = mine.next_text_with(R"("type":"balance_update")");
  ASSERT_TRUE(balance);
  EXPECT_NE(balance->find(R"("balance":997.60,"currency":"KES")"), std::string::npos) << *balance;
  mine.send_text(R"({"type":"ping"})");
  EXPECT_TRUE(mine.next_text_with(R"({"type":"pong"})"));
  EXPECT_FALSE(stranger.next_text_with("message_status", std::chrono::milliseconds(300)));
}

TEST(LiveEventsTest, TheSecondDialectSaysOfAFirstDialectsMessageWhatItsStatusSays) {
  Service service(Stack::shared().fresh_database());
  service.start_bridge();
  const std::string key = seed_key(service.pg(), seed_account(service.pg()));
  Process scheduler = service.scheduler(30);
  WsClient client({.address = "unix:" + service.http_address()});
  client.send_text(R"({"type":"auth","apiKey":")" + key + R"(","events":["sms_status"]})");
  ASSERT_TRUE(client.next_text_with(R"("auth_ok")"));
  HttpClient http = service.client();
  ASSERT_EQ(http.post(key, "/api/messages/send", kHello).status, 200);
  const auto sent = client.next_text_with(R"("status":"sent")");
  ASSERT_TRUE(sent);
  const auto event = JsonDocument::parse(*sent);
  const std::string id(event->root().find("messageId")->string());
  const HttpAnswer status = http.get(key, "/v1/sms/status/" + id);
  ASSERT_EQ(status.status, 200) << status.body;
  const auto answer = JsonDocument::parse(status.body);
  ASSERT_TRUE(event->root().find("rcMessageId")) << *sent;
  EXPECT_FALSE(event->root().find("rcMessageId")->string().empty());
  EXPECT_EQ(event->root().find("rcMessageId")->string(),
            answer->root().find("rcMessageId")->string());
}

// The client may show the token to a page that must not know the key.
TEST(LiveEventsTest, ATokenOpensOneWebSocketAsItsKeyWould) {
  Service service(Stack::shared().fresh_database());
  service.start_bridge();
  const int64_t account = seed_account(service.pg());
  const std::string key = seed_key(service.pg(), account);
  HttpClient http = service.client();
  const auto show = [&](const std::string& token) {
    WsClient client({.address = "unix:" + service.http_address()});
    client.send_text(R"({"type":"auth","token":")" + token + R"(","events":["message_status"]})");
    return client;
  };
  const auto token_of = [](const HttpAnswer& answer) {
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_NE(answer.body.find(R"(","expiresIn":60})"), std::string::npos) << answer.body;
    return answer.body.substr(answer.body.find("wst_"), 68);
  };
  const std::string token = token_of(http.post(key, "/v1/ws/token", ""));
  WsClient client = show(token);
  ASSERT_EQ(client.next_text(), R"({"type":"auth_ok"})");
  WsClient second = show(token);
  EXPECT_EQ(second.next_text(), R"({"type":"auth_error","error":"Invalid token"})");
  EXPECT_EQ(second.close_code(), 1008);

  ASSERT_EQ(http.post(key, "/api/messages/send", kHello).status, 200);
  EXPECT_TRUE(client.next_text_with("queued"));
  sql_of_test(service.pg(), "update api_keys set is_active = false");
  configuration_changed(service.pg(), Stack::shared().redis_url());
  EXPECT_EQ(client.close_code(std::chrono::seconds(1)), 1008);
  EXPECT_EQ(http.post(key, "/v1/ws/token", "").status, 401);
}

TEST(LiveEventsTest, ATokenNeedsItsScopeAndRedis) {
  Service service(Stack::shared().fresh_database());
  const int64_t account = seed_account(service.pg());
  const std::string key = seed_key(service.pg(), account);
  const std::string sender = seed_key(service.pg(), account, KeyKind::kLive, "{send}");
  HttpClient http = service.client();
  EXPECT_EQ(http.post(sender, "/v1/ws/token", "").status, 403);
  EXPECT_EQ(http.send("POST", "/v1/ws/token", {{"X-API-Key", key}}, "").status, 200);
  EXPECT_EQ(http.send("POST", "/v1/ws/token").status, 401);
  Stack::shared().stop_redis();
  const HttpAnswer refused = http.post(key, "/v1/ws/token", "");
  Stack::shared().start_redis();
  EXPECT_EQ(refused.status, 503);
}

}  // namespace live_events_test
}  // namespace dundun
