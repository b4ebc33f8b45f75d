// A client watches its own message on a WebSocket, through nginx.
#include <gtest/gtest.h>

#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/ws_client.h"

namespace dundun {
namespace {

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

  for (const char* status : {"queued", "submitted", "delivered"}) {
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

}  // namespace
}  // namespace dundun
