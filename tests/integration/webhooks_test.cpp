// Webhooks from the change of a message to the customer's server, through nginx, PostgreSQL and the
// scheduler: what is told, to whom, and signed how.
#include <fstream>

#include "common/journal/journal.h"
#include "common/webhooks/endpoints.h"
#include "tests/integration/webhooks_fixture.h"

namespace dundun {
namespace webhooks_test {

TEST_F(WebhooksTest, SettingsAreShownChangedAndTakenAway) {
  const HttpAnswer fresh = client_.get(key_, "/v1/webhooks");
  EXPECT_EQ(fresh.status, 200);
  const std::string shown = secret();
  EXPECT_EQ(shown.size(), 6 + 64u);
  EXPECT_EQ(fresh.body, R"({"dlr_url":null,"mo_url":null,"signing_secret":")" + shown +
                            R"(","is_active":true,"events":["message.delivered","message.failed",)"
                            R"("message.cancelled","message.expired"],"disabled":[],)"
                            R"("old_secret_expires_at":null})");
  const HttpAnswer changed =
      put(R"({"dlr_url":"https://Hooks.example.com/a","events":["message.sent"]})");
  EXPECT_EQ(changed.body, R"({"dlr_url":"https://hooks.example.com/a","mo_url":null,)"
                          R"("signing_secret":")" +
                              shown +
                              R"(","is_active":true,"events":["message.sent"],"disabled":[],)"
                              R"("old_secret_expires_at":null,"status":"updated"})");
  EXPECT_TRUE(
      contains(put(R"({"is_active":false})").body, R"("dlr_url":"https://hooks.example.com/a")"));
  EXPECT_TRUE(contains(put(R"({"dlr_url":null,"mo_url":"https://hooks.example.com/b"})").body,
                       R"({"dlr_url":null,"mo_url":"https://hooks.example.com/b")"));
  const HttpAnswer gone = del("/api/webhooks");
  EXPECT_EQ(gone.status, 200);
  EXPECT_EQ(gone.body, R"({"status":"deleted"})");
  EXPECT_EQ(client_.get(key_, "/api/webhooks").body, fresh.body);
  const std::string stored =
      to_hex(sql_of_test(pg(), "select secret from webhook_endpoints where account_id = " +
                                   std::to_string(account_))
                 .text(0, 0));
  EXPECT_FALSE(contains(stored, to_hex(shown))) << "sealed at rest";
}

TEST_F(WebhooksTest, WrongSettingsAreNamedAndChangeNothing) {
  const std::string before = client_.get(key_, "/api/webhooks").body;
  const auto refused = [&](const std::string& body, const std::string& field) {
    const HttpAnswer answer = put(body);
    EXPECT_EQ(answer.status, 422) << body << answer.body;
    EXPECT_TRUE(contains(answer.body, R"("loc":["body",")" + field + R"("])")) << answer.body;
  };
  for (const char* url :
       {"ftp://hooks.example.com/", "http://10.0.0.1/", "https://localhost/", "https://10.0.0.1/",
        "https://[::1]/", "https://169.254.169.254/latest", "https://0x7f.1/",
        "https://2130706433/", "https://u:p@hooks.example.com/", "nonsense", ""}) {
    refused(R"({"dlr_url":")" + std::string(url) + R"("})", "dlr_url");
    refused(R"({"is_active":false,"mo_url":")" + std::string(url) + R"("})", "mo_url");
  }
  refused(R"({"dlr_url":7})", "dlr_url");
  refused(R"({"is_active":"yes"})", "is_active");
  refused(R"({"events":"message.sent"})", "events");
  refused(R"({"events":["message.sent","message.read"]})", "events");
  refused(R"({"events":[1]})", "events");
  EXPECT_EQ(put("{").status, 400);
  EXPECT_EQ(put("[]").status, 422);
  EXPECT_EQ(client_.get(key_, "/api/webhooks").body, before);
  const std::string other = seed_key(pg(), account_, KeyKind::kLive, "{send,query}");
  const HttpAnswer scope = client_.get(other, "/api/webhooks");
  EXPECT_EQ(scope.status, 403);
  EXPECT_TRUE(contains(scope.body, "insufficient_scope")) << scope.body;
  EXPECT_EQ(client_.send("GET", "/api/webhooks").status, 401);
}

TEST_F(WebhooksTest, AFinalStateIsToldOnceSignedTwice) {
  HttpStandIn sink([](const Seen&) { return Reply{204, "", ""}; });
  point_receipts_at(sink);
  const std::string id = send("+256700000111");
  Process scheduler = service().scheduler(60);
  ASSERT_TRUE(wait_until([&] { return count("state = 2") == 1; })) << deliveries();
  ASSERT_EQ(sink.seen().size(), 1u);
  const Seen call = sink.seen().at(0);
  EXPECT_EQ(call.method, "POST");
  EXPECT_EQ(call.target, "/dlr?a=1");
  EXPECT_EQ(call.headers.at("content-type"), "application/json");
  EXPECT_EQ(call.headers.at("x-webhook-id"), call.headers.at("webhook-id"));
  EXPECT_TRUE(plain_verifies(call, secret()));
  EXPECT_TRUE(standard_verifies(call, secret()));
  const std::string at = member(call.body, "delivered_at");
  EXPECT_EQ(call.body, R"({"event":"message.delivered","message_id":")" + id +
                           R"(","status":"delivered","phone":"+256700000111",)"
                           R"("sender_id":"eSMSAfrica","segments":1,"cost":35.00,)"
                           R"("error_code":null,"retry_count":0,"delivered_at":")" +
                           at +
                           R"(","failed_at":null,"currency":"UGX","wallet_cost":1.213,)"
                           R"("wallet_currency":"KES","carrier_error_code":null,"sequence":4})");
  EXPECT_TRUE(parse_rfc3339(at)) << at;
  const std::string log = deliveries("?message_id=" + id);
  EXPECT_TRUE(contains(log, R"("id":")" + call.headers.at("webhook-id") +
                                R"(","type":"dlr","event":"message.delivered","message_id":")" +
                                id + R"(","status":"delivered","attempts":1,"last_status":204,)"))
      << log;
}

// The documentation's own lines, as a customer would run them.
TEST_F(WebhooksTest, TheDocumentedVerificationAgrees) {
  std::ifstream file(Stack::shared().root() + "/handlers/README.md");
  const std::string page(std::istreambuf_iterator<char>(file), {});
  const size_t begin = page.find("```sh\n", page.find("**Verify**")) + 6;
  const std::string script = page.substr(begin, page.find("```", begin) - begin);
  HttpStandIn sink([](const Seen&) { return Reply{}; });
  point_receipts_at(sink);
  client_.post(key_, "/api/webhooks/test", "");
  Process scheduler = service().scheduler(60);
  ASSERT_TRUE(wait_until([&] { return sink.seen().size() == 1; }));
  const Seen call = sink.seen().at(0);
  const std::string log = Stack::shared().folder() + "/verify.txt";
  EXPECT_EQ(run_command({"bash", "-euo", "pipefail", "-c", script},
                        {{"body", call.body},
                         {"secret", secret()},
                         {"id", call.headers.at("webhook-id")},
                         {"timestamp", call.headers.at("webhook-timestamp")}},
                        log),
            0);
  std::ifstream printed(log);
  std::string plain, standard;
  printed >> plain >> standard;
  EXPECT_EQ(plain, call.headers.at("x-webhook-signature"));
  EXPECT_EQ(standard, call.headers.at("webhook-signature"));
  ASSERT_TRUE(wait_until([&] { return count("state = 2") == 1; }));
}

TEST_F(WebhooksTest, EveryEventThatWasChosenIsToldInOrderNumbers) {
  HttpStandIn sink([](const Seen&) { return Reply{}; });
  point_receipts_at(sink);
  put(R"({"events":["message.queued","message.submitted","message.failed"]})");
  const std::string id = send("+254712340002");  // ends with a REJECTD
  Process scheduler = service().scheduler(60);
  ASSERT_TRUE(wait_until([&] { return count("state = 2") == 3; })) << deliveries();
  std::map<std::string, std::string> sequences;
  for (const Seen& call : sink.seen()) {
    EXPECT_TRUE(standard_verifies(call, secret()));
    const size_t place = call.body.find(R"("sequence":)");
    sequences[member(call.body, "event")] = call.body.substr(place);
  }
  EXPECT_EQ(sequences,
            (std::map<std::string, std::string>{{"message.queued", R"("sequence":1})"},
                                                {"message.submitted", R"("sequence":2})"},
                                                {"message.failed", R"("sequence":3})"}}));
}

TEST_F(WebhooksTest, MessagesOfTestKeysSayThatTheyAre) {
  HttpStandIn sink([](const Seen&) { return Reply{}; });
  point_receipts_at(sink);
  send("+254712345678", seed_key(pg(), account_, KeyKind::kTest));
  Process scheduler = service().scheduler(60);
  ASSERT_TRUE(wait_until([&] { return count("state = 2") == 1; }));
  EXPECT_TRUE(sink.seen().at(0).body.ends_with(R"(,"test":true})")) << sink.seen().at(0).body;
}

TEST_F(WebhooksTest, AnAccountWithoutALiveEndpointMakesNoDeliveries) {
  send();
  HttpStandIn sink([](const Seen&) { return Reply{}; });
  point_receipts_at(sink);
  put(R"({"is_active":false})");
  const std::string id = send();
  Process scheduler = service().scheduler(60);
  ASSERT_TRUE(wait_until([&] {
    return contains(client_.get(key_, "/api/messages/" + id).body, R"("status":"delivered")");
  }));
  EXPECT_EQ(count("true"), 0);
  EXPECT_TRUE(sink.seen().empty());
}

// A text that came in, and came again.
void record_twice(Service& service, int64_t account) {
  Journal journal({.database_url = service.database(), .redis_url = Stack::shared().redis_url()});
  RecordInbound record{};
  record.account_id = account;
  record.environment = Environment::kLive;
  record.inbound_id = new_uuid7();
  record.carrier = "loopback";
  record.carrier_message_id = "rc-" + std::to_string(account);
  record.from = "+254712345678";
  record.to = "22334";
  record.text = "Hé \"you\"\n";
  std::vector<Change> twice{record, record};
  EXPECT_TRUE(journal.commit_all(std::move(twice))[0]);
}

TEST_F(WebhooksTest, ATextThatCameInIsToldToMoUrlAppAndTriggersInTheirOwnWords) {
  HttpStandIn sink([](const Seen&) { return Reply{}; });
  put(R"({"mo_url":")" + sink.url() + R"(/mo"})");
  const std::string account = std::to_string(account_);
  const std::string manager =
      seed_key(pg(), account_, KeyKind::kLive, "{send,query,webhooks,admin}");
  const auto register_app = [&](const std::string& url) {
    return client_.post(manager, "/v1/apps/register",
                        R"({"name":"x","webhookUrl":")" + url + "\"}");
  };
  EXPECT_EQ(register_app("https://10.0.0.1/").status, 400);
  const HttpAnswer registered = register_app(sink.url() + "/app");
  ASSERT_EQ(registered.status, 201) << registered.body;
  const std::string app_secret = member(registered.body, "webhookSecret");
  const auto change_app = [&](const std::string& url) {
    return client_
        .send("PUT", "/v1/apps/" + member(registered.body, "appId"),
              {{"Authorization", "Bearer " + manager}, {"Content-Type", "application/json"}},
              R"({"webhookUrl":)" + url + "}")
        .status;
  };
  EXPECT_EQ(change_app("\"" + sink.url() + "/app\""), 200) << "and the secret stays";
  const auto subscribe = [&](const std::string& path, const std::string& more) {
    return client_
        .post(key_, "/v1/triggers/sms-received/subscribe",
              R"({"callbackUrl":")" + sink.url() + path + R"(")" + more + "}")
        .status;
  };
  EXPECT_EQ(subscribe("/all", ""), 201);
  EXPECT_EQ(subscribe("/one", R"(,"phoneNumber":"22334")"), 201);
  EXPECT_EQ(subscribe("/other", R"(,"phoneNumber":"22335")"), 201);
  record_twice(service(), account_);
  Process scheduler = service().scheduler(60);
  ASSERT_TRUE(wait_until([&] { return count("state = 2") == 4; })) << deliveries();
  std::map<std::string, Seen> by_path;
  for (const Seen& call : sink.seen()) by_path[call.target] = call;
  ASSERT_EQ(by_path.size(), 4u);
  EXPECT_FALSE(by_path.contains("/other"));
  const std::string id = member(by_path["/mo"].body, "message_id");
  const std::string at = member(by_path["/mo"].body, "received_at");
  const std::string at_ms = member(by_path["/app"].body, "timestamp");
  EXPECT_TRUE(id.starts_with("mo_")) << id;
  EXPECT_TRUE(parse_rfc3339(at)) << at;
  EXPECT_EQ(by_path["/mo"].body,
            R"({"event":"message.inbound","message_id":")" + id +
                R"(","from":"+254712345678","to":"22334","text":"Hé \"you\"\n","keyword":null,)"
                R"("opt_out":null,"received_at":")" +
                at +
                R"(","two_way":{"service_id":null,"number":"22334","keyword":null,)"
                R"("type":"dedicated","toll_free":false}})");
  const std::string msg_id = "msg_" + id.substr(3);  // of the second dialect
  EXPECT_TRUE(by_path["/app"].body.starts_with(
      R"({"type":"sms_inbound","messageId":")" + msg_id +
      R"(","from":"+254712345678","to":"22334","body":"Hé \"you\"\n","rcMessageId":"rc-)" +
      account + R"(","tenantId":"tenant_)"))
      << by_path["/app"].body;
  EXPECT_EQ(at_ms.size(), 24u) << at_ms;
  EXPECT_EQ(by_path["/all"].body, R"({"messageId":")" + msg_id +
                                      R"(","from":"+254712345678","to":"22334",)"
                                      R"("text":"Hé \"you\"\n","receivedAt":")" +
                                      at_ms + R"("})");
  EXPECT_EQ(by_path["/one"].body, by_path["/all"].body);
  for (const char* path : {"/mo", "/all", "/one"}) {
    EXPECT_TRUE(plain_verifies(by_path[path], secret()) &&
                standard_verifies(by_path[path], secret()))
        << path;
  }
  EXPECT_TRUE(plain_verifies(by_path["/app"], app_secret));
  EXPECT_TRUE(standard_verifies(by_path["/app"], app_secret));
  EXPECT_TRUE(contains(deliveries("?message_id=" + id), R"("type":"app")"));
  EXPECT_EQ(change_app("null"), 200);
  EXPECT_EQ(
      number_of(pg(), "select count(*) from webhook_endpoints where kind = 3 and account_id = " +
                          account),
      0);
}

TEST_F(WebhooksTest, ARotatedSecretSignsAtOnceAndTheOldOneForADay) {
  HttpStandIn sink([](const Seen&) { return Reply{}; });
  point_receipts_at(sink);
  const std::string old = secret();
  const HttpAnswer rotated = client_.post(key_, "/api/webhooks/rotate-secret", "");
  EXPECT_EQ(rotated.status, 200);
  const std::string fresh = member(rotated.body, "signing_secret");
  EXPECT_NE(fresh, old);
  EXPECT_EQ(fresh, secret());
  send();
  Process scheduler = service().scheduler(60);
  ASSERT_TRUE(wait_until([&] { return count("state = 2") == 1; }));
  const Seen during = sink.seen().at(0);
  EXPECT_TRUE(plain_verifies(during, fresh) && standard_verifies(during, fresh));
  EXPECT_TRUE(standard_verifies(during, old));
  EXPECT_FALSE(plain_verifies(during, old));
  sql_of_test(pg(), "update webhook_endpoints set old_secret_until = now() where account_id = " +
                        std::to_string(account_));
  send();
  ASSERT_TRUE(wait_until([&] { return count("state = 2") == 2; }));
  const Seen after = sink.seen().at(1);
  EXPECT_TRUE(plain_verifies(after, fresh) && standard_verifies(after, fresh));
  EXPECT_FALSE(standard_verifies(after, old));
}

TEST_F(WebhooksTest, EverySecretOfTheDaySignsUntilItsOwnDayIsOver) {
  HttpStandIn sink([](const Seen&) { return Reply{}; });
  point_receipts_at(sink);
  const std::string first = secret();
  const auto rotate = [&] {
    return member(client_.post(key_, "/api/webhooks/rotate-secret", "").body, "signing_secret");
  };
  const std::string second = rotate();
  const std::string third = rotate();
  send();
  Process scheduler = service().scheduler(60);
  ASSERT_TRUE(wait_until([&] { return count("state = 2") == 1; }));
  const Seen during = sink.seen().at(0);
  EXPECT_TRUE(plain_verifies(during, third));
  for (const std::string& one : {first, second, third}) {
    EXPECT_TRUE(standard_verifies(during, one));
  }
  sql_of_test(pg(), "update webhook_endpoints set older_untils = array[now()] where account_id = " +
                        std::to_string(account_));
  send();
  ASSERT_TRUE(wait_until([&] { return count("state = 2") == 2; }));
  const Seen after = sink.seen().at(1);
  EXPECT_TRUE(standard_verifies(after, second) && standard_verifies(after, third));
  EXPECT_FALSE(standard_verifies(after, first));
}

TEST_F(WebhooksTest, TriggersAreSubscribedInTheSecondDialect) {
  const auto subscribe = [&](const std::string& body) {
    return client_.post(key_, "/v1/triggers/sms-received/subscribe", body);
  };
  const HttpAnswer all =
      subscribe(R"({"callbackUrl":"https://flows.example.com/all","phoneNumber":""})");
  EXPECT_EQ(all.status, 201) << all.body;
  EXPECT_EQ(number_of(pg(),
                      "select count(*) from webhook_endpoints where kind = 4 and phone is null"
                      " and account_id = " +
                          std::to_string(account_)),
            1);
  const HttpAnswer made =
      subscribe(R"({"callbackUrl":"https://flows.example.com/x","phoneNumber":"+15550100001"})");
  EXPECT_EQ(made.status, 201) << made.body;
  const std::string id = member(made.body, "id");
  EXPECT_EQ(made.body, R"({"id":")" + id + R"("})");
  EXPECT_EQ(made.headers.at("location"), "/v1/triggers/sms-received/subscribe/" + id);
  for (const char* body : {"{}", "", "[]", R"({"callbackUrl":"ftp://x.example.com"})",
                           R"({"callbackUrl":"https://127.0.0.2/"})",
                           R"({"callbackUrl":"https://x.example.com","phoneNumber":"Bob"})"}) {
    const HttpAnswer bad = subscribe(body);
    EXPECT_EQ(bad.status, 400) << body;
    EXPECT_TRUE(bad.body.starts_with(R"({"error":")")) << bad.body;
  }
  const std::string path = "/v1/triggers/sms-received/subscribe/" + id;
  const std::string stranger = seed_key(pg(), seed_account(pg()));
  EXPECT_EQ(client_.send("DELETE", path, {{"X-API-Key", stranger}}).body,
            R"({"error":"Subscription not found"})");
  EXPECT_EQ(del(path).body, R"({"ok":true})");
  EXPECT_EQ(del(path).status, 404);
  EXPECT_EQ(del("/v1/triggers/sms-received/subscribe/7").status, 404);
}

}  // namespace webhooks_test
}  // namespace dundun
