// Webhook calls that fail, end, are looked up and called again.
#include "tests/integration/webhooks_fixture.h"

namespace dundun {
namespace webhook_calls_test {

class WebhookCallsTest : public WebhooksTest {};

TEST_F(WebhookCallsTest, AFailureIsTriedAgainWithTheSameBytes) {
  std::atomic<int> calls{0};
  HttpStandIn sink([&](const Seen&) { return Reply{++calls < 3 ? 500 : 200, "no\x01", ""}; });
  point_receipts_at(sink);
  send();
  Process scheduler = service().scheduler(60);
  for (int attempt = 1; attempt <= 3; ++attempt) {
    ASSERT_TRUE(wait_until([&] { return count("attempts = " + std::to_string(attempt)) == 1; }));
    if (attempt == 3) break;
    const std::string log = deliveries("?status=pending");
    EXPECT_TRUE(contains(log, R"("last_status":500,"last_error":null,"last_answer":"no.")")) << log;
    const double wait_s =
        static_cast<double>(number_of(
            pg(),
            "select extract(epoch from next_attempt_at - last_attempt_at) * 1000 from webhook_queue"
            " join webhook_deliveries using (account_id, delivery_id) where account_id = " +
                std::to_string(account_))) /
        1000;
    EXPECT_GT(wait_s, attempt == 1 ? 7 : 25);
    EXPECT_LT(wait_s, attempt == 1 ? 11.1 : 33.1);
    hurry();
  }
  EXPECT_EQ(count("state = 2"), 1);
  const auto seen = sink.seen();
  ASSERT_EQ(seen.size(), 3u);
  for (const Seen& call : seen) {
    EXPECT_EQ(call.body, seen[0].body);
    EXPECT_EQ(call.headers.at("webhook-id"), seen[0].headers.at("webhook-id"));
    EXPECT_TRUE(plain_verifies(call, secret()) && standard_verifies(call, secret()));
  }
}

TEST_F(WebhookCallsTest, AfterTheWholeScheduleItIsDeadAndCanBeReplayed) {
  std::atomic<int> status{302};
  HttpStandIn elsewhere([](const Seen&) { return Reply{}; });
  HttpStandIn sink([&](const Seen&) {
    return Reply{status, "", "Location: " + elsewhere.url() + "\r\n"};
  });
  point_receipts_at(sink);
  send();
  Process scheduler = service().scheduler(120);
  for (int attempt = 1; attempt <= 13; ++attempt) {
    ASSERT_TRUE(wait_until([&] { return count("attempts = " + std::to_string(attempt)) == 1; }))
        << deliveries();
    hurry();
  }
  ASSERT_TRUE(wait_until([&] { return count("state = 3") == 1; }));
  EXPECT_TRUE(elsewhere.seen().empty()) << "redirects are not followed";
  const std::string log = deliveries("?status=dead&event=message.delivered");
  EXPECT_TRUE(contains(log, R"("status":"dead","attempts":13,"last_status":302)")) << log;
  EXPECT_TRUE(contains(log, R"("next_attempt_at":null)")) << log;
  status = 200;
  const std::string id = sink.seen().at(0).headers.at("webhook-id");
  const HttpAnswer replay = client_.post(key_, "/api/webhooks/deliveries/" + id + "/replay", "");
  EXPECT_EQ(replay.status, 202) << replay.body;
  EXPECT_EQ(replay.body, R"({"id":")" + id + R"(","status":"pending"})");
  ASSERT_TRUE(wait_until([&] { return count("state = 2 and attempts = 14") == 1; }));
  EXPECT_EQ(sink.seen().back().body, sink.seen().front().body);
}

TEST_F(WebhookCallsTest, GoneSwitchesTheEndpointOffUntilItIsSetAgain) {
  std::atomic<int> status{410};
  HttpStandIn sink([&](const Seen&) { return Reply{status, "", ""}; });
  point_receipts_at(sink);
  send();
  Process scheduler = service().scheduler(60);
  ASSERT_TRUE(wait_until([&] { return count("state = 3") == 1; })) << deliveries();
  ASSERT_TRUE(wait_until([&] {
    return contains(client_.get(key_, "/api/webhooks").body,
                    R"("disabled":[{"url":"dlr_url","reason":"gone","at":")");
  }));
  const std::string id = sink.seen().at(0).headers.at("webhook-id");
  const HttpAnswer off = client_.post(key_, "/api/webhooks/deliveries/" + id + "/replay", "");
  EXPECT_EQ(off.status, 409) << off.body;
  EXPECT_TRUE(contains(off.body, "invalid_state")) << off.body;
  const std::string other = send();
  ASSERT_TRUE(wait_until([&] {
    return contains(client_.get(key_, "/api/messages/" + other).body, R"("status":"delivered")");
  }));
  EXPECT_EQ(count("true"), 1);
  status = 200;
  EXPECT_TRUE(contains(put(R"({"is_active":true})").body, R"("disabled":[])"));
  EXPECT_EQ(client_.post(key_, "/api/webhooks/deliveries/" + id + "/replay", "").status, 202);
  EXPECT_TRUE(wait_until([&] { return count("state = 2") == 1; }));
}

TEST_F(WebhookCallsTest, RetryAfterHoldsTheWholeEndpoint) {
  HttpStandIn sink([&](const Seen&) { return Reply{429, "", "Retry-After: 300\r\n"}; });
  point_receipts_at(sink);
  send();
  Process scheduler = service().scheduler(60);
  ASSERT_TRUE(wait_until([&] { return count("attempts = 1") == 1; }));
  EXPECT_TRUE(wait_until([&] {
    return number_of(pg(),
                     "select count(*) from webhook_lanes where not_before > now() + interval "
                     "'290 seconds' and lease_until <= now() and account_id = " +
                         std::to_string(account_)) == 1;
  }));
  EXPECT_EQ(number_of(pg(),
                      "select count(*) from webhook_queue where next_attempt_at > now() + "
                      "interval '290 seconds' and account_id = " +
                          std::to_string(account_)),
            1);
}

TEST_F(WebhookCallsTest, DaysOfOnlyFailuresSwitchAnEndpointOffAndItsWaitingCallsAreKept) {
  HttpStandIn sink([&](const Seen&) { return Reply{500, "", ""}; });
  point_receipts_at(sink);
  send();
  send();
  Process scheduler = service().scheduler(60);
  ASSERT_TRUE(wait_until([&] { return count("attempts = 1") == 2; }));
  const std::string mine = " where account_id = " + std::to_string(account_);
  ASSERT_TRUE(wait_until([&] {
    return number_of(pg(), "select count(*) from webhook_lanes" + mine +
                               " and failing_since is not null and lease_until <= now()") == 1;
  }));
  sql_of_test(pg(), "update webhook_lanes set failing_since = now() - interval '121 hours'" + mine);
  hurry();
  ASSERT_TRUE(wait_until(
      [&] { return contains(client_.get(key_, "/api/webhooks").body, R"("reason":"failing")"); }));
  hurry();
  ASSERT_TRUE(wait_until([&] { return count("state = 3") == 2; })) << deliveries();
  EXPECT_EQ(number_of(pg(), "select count(*) from webhook_queue" + mine), 0);
  ASSERT_TRUE(wait_until(
      [&] { return contains(client_.get(key_, "/api/notifications").body, "webhook_disabled"); }));
  EXPECT_EQ(number_of(pg(), "select count(*) from notifications" + mine), 1);
  EXPECT_TRUE(wait_until([&] {
    return number_of(pg(), "select count(*) from webhook_endpoints" + mine + " and notice_due") ==
           0;
  }));
}

TEST_F(WebhookCallsTest, ATestEventIsTriedOnce) {
  const HttpAnswer none = client_.post(key_, "/api/webhooks/test", "");
  EXPECT_EQ(none.status, 400);
  EXPECT_TRUE(contains(none.body, R"("code":"no_webhook")")) << none.body;
  HttpStandIn sink([](const Seen&) { return Reply{500, "", ""}; });
  point_receipts_at(sink);
  put(R"({"mo_url":")" + sink.url() + R"(/mo"})");
  Process scheduler = service().scheduler(60);
  EXPECT_EQ(client_.post(key_, "/api/webhooks/test", R"({"type":"sms"})").status, 422);
  const HttpAnswer dlr = client_.post(key_, "/api/webhooks/test", R"({"type":"dlr"})");
  EXPECT_EQ(dlr.status, 202) << dlr.body;
  EXPECT_EQ(client_.post(key_, "/api/webhooks/test", R"({"type":"mo"})").status, 202);
  ASSERT_TRUE(wait_until([&] { return count("state = 3 and attempts = 1") == 2; }));
  const HttpAnswer one = client_.get(key_, "/api/webhooks/deliveries/" + member(dlr.body, "id"));
  EXPECT_TRUE(contains(one.body, R"("payload":{"event":"message.delivered")")) << one.body;
  EXPECT_TRUE(contains(one.body, R"("test":true}})")) << one.body;
}

TEST_F(WebhookCallsTest, ARangeOfDeadCallsIsReplayed) {
  std::atomic<int> status{500};
  HttpStandIn sink([&](const Seen&) { return Reply{status, "", ""}; });
  point_receipts_at(sink);
  Process scheduler = service().scheduler(60);
  for (int i = 0; i < 5; ++i) client_.post(key_, "/api/webhooks/test", "");
  ASSERT_TRUE(wait_until([&] { return count("state = 3") == 5; }));
  const auto replay = [&](const std::string& body) {
    return client_.post(key_, "/api/webhooks/deliveries/replay", body);
  };
  EXPECT_EQ(replay("{}").status, 422);
  EXPECT_EQ(replay(R"({"date_from":"yesterday"})").status, 422);
  EXPECT_EQ(replay(R"({"date_from":"2026-01-01T00:00:00Z","status":"pending"})").status, 422);
  EXPECT_EQ(replay(R"({"date_from":"2026-01-01T00:00:00Z","date_to":"2026-01-02T00:00:00Z"})").body,
            R"({"replayed":0,"more":false})");
  EXPECT_EQ(replay(R"({"date_from":"2026-01-01T00:00:00Z","event":"message.failed"})").body,
            R"({"replayed":0,"more":false})");
  status = 200;
  EXPECT_EQ(replay(R"({"date_from":"2026-01-01T00:00:00Z"})").body,
            R"({"replayed":5,"more":false})");
  ASSERT_TRUE(wait_until([&] { return count("state = 2") == 5; }));
  EXPECT_EQ(replay(R"({"date_from":"2026-01-01T00:00:00Z","status":"delivered"})").body,
            R"({"replayed":5,"more":false})");
  ASSERT_TRUE(wait_until([&] { return count("state = 2 and attempts = 3") == 5; }));
}

TEST_F(WebhookCallsTest, TheLogIsPagedAndBelongsToOneAccount) {
  HttpStandIn sink([](const Seen&) { return Reply{}; });
  point_receipts_at(sink);
  for (int i = 0; i < 5; ++i) client_.post(key_, "/api/webhooks/test", "");
  const std::string first = deliveries("?limit=2");
  EXPECT_TRUE(contains(first, R"("page":0,"limit":2,"has_more":true)")) << first;
  EXPECT_TRUE(contains(deliveries("?limit=2&page=2"), R"("has_more":false)"));
  const size_t last = first.rfind(R"("id":"evt_)") + 6;
  const std::string id = first.substr(last, 36);
  const std::string rest = deliveries("?after=" + id);
  EXPECT_FALSE(contains(rest, id));
  EXPECT_TRUE(contains(rest, R"("has_more":false)")) << rest;
  for (const char* query :
       {"?status=lost", "?limit=0", "?page=-1", "?after=x", "?message_id=x", "?date_from=x"}) {
    EXPECT_EQ(client_.get(key_, "/api/webhooks/deliveries" + std::string(query)).status, 422)
        << query;
  }
  const std::string stranger = seed_key(pg(), seed_account(pg()));
  const std::string path = "/api/webhooks/deliveries/" + id;
  EXPECT_EQ(client_.get(key_, path).status, 200);
  EXPECT_EQ(client_.get(stranger, path).status, 404);
  EXPECT_EQ(client_.post(stranger, path + "/replay", "").status, 404);
  EXPECT_EQ(client_.get(key_, "/api/webhooks/deliveries/evt_7").status, 404);
  EXPECT_TRUE(
      contains(client_.get(stranger, "/api/webhooks/deliveries").body, R"({"deliveries":[],)"));
}

}  // namespace webhook_calls_test
}  // namespace dundun
