// A trace of the caller's (W3C Trace Context) goes with its message: into events and webhooks.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "tests/support/http_stand_in.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/text.h"
#include "tests/support/ws_client.h"

namespace dundun {
namespace trace_test {

constexpr const char* kId = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr const char* kHello = R"({"to":"+254712345678","text":"Hi"})";

std::string traced(const std::string& flags) {
  return "00-" + std::string(kId) + "-00f067aa0ba902b7-" + flags;
}

class TraceTest : public testing::Test {
 protected:
  HttpAnswer post(const std::string& path, const std::string& body, const std::string& parent) {
    HttpClient client = service_.client();
    HttpClient::Headers headers;
    if (!parent.empty()) headers.emplace_back("traceparent", parent);
    return client.post(key_, path, body, headers);
  }
  int64_t count(const std::string& what) {
    return number_of(service_.pg(), "select count(*) from " + what);
  }
  void call_webhooks_at(const HttpStandIn& sink) {
    HttpClient client = service_.client();
    const HttpAnswer set =
        client.send("PUT", "/api/webhooks",
                    {{"Authorization", "Bearer " + key_}, {"Content-Type", "application/json"}},
                    R"({"dlr_url":")" + sink.url() +
                        R"(/dlr","events":["message.queued","message.delivered"]})");
    ASSERT_EQ(set.status, 200) << set.body;
  }

  Service service_{Stack::shared().fresh_database()};
  int64_t account_ = seed_account(service_.pg());
  std::string key_ =
      seed_key(service_.pg(), account_, KeyKind::kLive, "{send,query,webhooks,admin}");
};

TEST_F(TraceTest, EveryWayToSendKeepsTheTraceThatItsCallerRecords) {
  HttpClient client = service_.client();
  const std::string failed =
      member(post("/api/messages/send", R"({"to":"+254712340004","text":"A"})", "").body, "id");
  sql_of_test(service_.pg(),
              "insert into inbound_numbers (number, country, account_id) values "
              "('+254700000001', 'KE', " +
                  std::to_string(account_) + ")");
  const std::map<std::string, std::string> sends{
      {"/api/messages/send", kHello},
      {"/api/messages/" + failed + "/retry", ""},
      {"/api/verify/start", R"({"to":"+254722222222"})"},
      {"/v1/sms/send", R"({"from":"+254700000001","to":"+254712345678","body":"Only"})"}};
  int64_t made = 0;
  for (const auto& [path, body] : sends) {
    const HttpAnswer answer = post(path, body, traced("01"));
    ASSERT_LT(answer.status, 300) << path << answer.body;
    EXPECT_EQ(count("messages where trace_id = '" + std::string(kId) + "'"), ++made) << path;
  }
  for (const std::string& parent : {std::string(), traced("00"), std::string("00-nothing")}) {
    EXPECT_EQ(post("/api/messages/send", kHello, parent).status, 200) << parent;
  }
  EXPECT_EQ(count("messages where trace_id is not null"), made);
}

TEST_F(TraceTest, EachEventOfAMessageNamesIt) {
  service_.start_bridge();
  WsClient client({.address = "unix:" + service_.http_address()});
  client.send_text(R"({"type":"auth","apiKey":")" + key_ + R"(","events":["message_status"]})");
  ASSERT_TRUE(client.next_text_with(R"("auth_ok")"));
  Process scheduler = service_.scheduler(30);
  const std::string named = R"(,"trace_id":")" + std::string(kId) + "\"}";
  for (const std::string& parent : {traced("01"), std::string()}) {
    ASSERT_EQ(post("/api/messages/send", kHello, parent).status, 200);
    for (const char* status : {"queued", "submitted", "sent", "delivered"}) {
      const auto frame = client.next_text_with(R"("type":"message_status")");
      ASSERT_TRUE(frame) << status;
      EXPECT_TRUE(contains(*frame, R"("status":")" + std::string(status) + "\"")) << *frame;
      EXPECT_EQ(contains(*frame, named), !parent.empty()) << *frame;
    }
  }
}

TEST_F(TraceTest, EachAttemptOfAWebhookGoesOnInTheTrace) {
  std::atomic<int> calls{0};
  HttpStandIn sink([&](const HttpStandIn::Seen&) {
    return HttpStandIn::Reply{++calls == 1 ? 500 : 200, "", ""};
  });
  call_webhooks_at(sink);
  ASSERT_EQ(post("/api/messages/send", kHello, traced("01")).status, 200);
  Process scheduler = service_.scheduler(60);
  ASSERT_TRUE(wait_until([&] { return count("webhook_deliveries where attempts > 0") > 0; }));
  ASSERT_TRUE(wait_until([&] {
    sql_of_test(service_.pg(), "update webhook_lanes set not_before = '-infinity'");
    sql_of_test(service_.pg(), "update webhook_queue set next_attempt_at = now()");
    return count("webhook_deliveries where state = 2") == 2;
  }));
  std::map<std::string, std::string> parents;  // by delivery
  for (const HttpStandIn::Seen& call : sink.seen()) {
    const std::string parent = call.headers.at("traceparent");
    const std::string id = call.headers.at("webhook-id");
    EXPECT_EQ(parent, "00-" + std::string(kId) + "-" + id.substr(id.size() - 16) + "-01");
    parents[id] = parent;
  }
  EXPECT_EQ(parents.size(), 2u) << "two events, one of them twice";
  EXPECT_EQ(sink.seen().size(), 3u);

  ASSERT_EQ(post("/api/messages/send", kHello, traced("00")).status, 200);
  ASSERT_TRUE(wait_until([&] { return sink.seen().size() >= 5; }));
  EXPECT_FALSE(sink.seen().back().headers.contains("traceparent"));
}

}  // namespace trace_test
}  // namespace dundun
