// A hundred equal requests with one Idempotency-Key, on every POST that says it takes one: one
// effect, equal answers; and the same answer again when every binary has been restarted. The tables
// of endpoints say which they are: one without a case here fails.
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <thread>

#include "openapi/groups.h"
#include "tests/support/browser.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"

namespace dundun {
namespace idempotency_test {

constexpr int kAtOnce = 100;

struct Post {
  std::string path;
  std::string body;
  int status;
  std::string effects;            // SQL: how often it has happened
  HttpClient::Headers headers{};  // besides; empty: the key
  std::string content_type = "application/json";
};

std::string count(const std::string& what) { return "select count(*) from " + what; }

std::string part(const std::string& body, const std::string& name) {
  const size_t at = body.find("\"" + name + "\":\"") + name.size() + 4;
  return body.substr(at, body.find('"', at) - at);
}

// What the tables call idempotent.
std::set<std::string> idempotent_posts() {
  std::set<std::string> all;
  for (const ApiGroup& group : kApiGroups) {
    for (const Operation& operation : group.operations) {
      if (operation.idempotent) all.insert(operation.of);
    }
  }
  return all;
}

class IdempotencyTest : public testing::Test {
 protected:
  IdempotencyTest()
      : service_(Stack::shared().fresh_database(),
                 {.messages_workers = 2,
                  .environment = {{"PAYMENT_PROVIDER", "sandbox"},
                                  {"PAYMENT_SECRET", "a secret for tests only"},
                                  {"PUBLIC_URL", "http://x"},
                                  {"SESSION_RATE_PER_S", "1000000"},
                                  {"VERIFY_RESEND_PAUSE_S", "1"},
                                  {"CARRIER_SECRETS_DIR", carrier_secrets()}}}),
        account_(seed_account(service_.pg())),
        key_(seed_key(service_.pg(), account_, KeyKind::kLive, "{send,query,webhooks,admin}")),
        admin_(service_.client()) {
    seed_user(pg(), account_, "admin@example.com", "admin");
    EXPECT_EQ(admin_.login("admin@example.com", kTestPassword).status, 200);
    add_sends();
    add_verify();
    add_account();
    add_webhooks();
    add_second_dialect();
    add_admin();
  }

  // A folder with the file of the carrier `trial`.
  static std::string carrier_secrets() {
    const std::string folder = Stack::shared().folder() + "/idempotency-carriers";
    std::filesystem::create_directories(folder);
    std::ofstream(folder + "/trial") << "key=of-the-trial\n";
    return folder;
  }
  Pg& pg() { return service_.pg(); }
  std::string here() const { return std::to_string(account_); }
  HttpAnswer post(const std::string& path, const std::string& body) {
    HttpClient client = service_.client();
    return client.post(key_, path, body);
  }
  // As the administrator's browser does.
  HttpClient::Headers by_admin() const {
    return {{"Cookie", "esms_access_token=" + admin_.token()},
            {"X-CSRF-Token", admin_.csrf()},
            {"Sec-Fetch-Site", "same-origin"}};
  }
  HttpAnswer ask(const std::string& operation, const Post& post) const;

  void add_sends();
  void add_verify();
  void add_account();
  void add_webhooks();
  void add_second_dialect();
  void add_admin();

  Service service_;
  int64_t account_;
  std::string key_;
  Browser admin_;
  std::map<std::string, Post> posts_;  // by operation
};

HttpAnswer IdempotencyTest::ask(const std::string& operation, const Post& post) const {
  constexpr int kTries = 400;
  HttpClient client = service_.client();
  HttpClient::Headers headers = post.headers;
  if (headers.empty()) headers.emplace_back("Authorization", "Bearer " + key_);
  headers.emplace_back("Idempotency-Key", "\"key-of-" + std::to_string(operation.size()) + "\"");
  if (!post.body.empty()) headers.emplace_back("Content-Type", post.content_type);
  HttpAnswer answer;
  for (int attempt = 0; attempt < kTries; ++attempt) {
    answer = client.send("POST", post.path, headers, post.body);
    // The first is still running, or the binary is being restarted.
    if (answer.status != 409 && answer.status < 500 && answer.status != 0) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return answer;
}

void IdempotencyTest::add_sends() {
  // A number whose submits the loopback carrier refuses.
  const std::string failed =
      part(post("/api/messages/send", R"({"to":"+254712340004","text":"A"})").body, "id");
  posts_["POST /messages/send"] = {"/api/messages/send", R"({"to":"+254712345678","text":"Once"})",
                                   200, count("messages where body = 'Once'")};
  posts_["POST /messages/{id}/retry"] = {"/api/messages/" + failed + "/retry", "", 200,
                                         count("messages where retry_of is not null")};
  posts_["POST /messages/send-bulk"] = {"/api/messages/send-bulk",
                                        R"({"recipients":[{"to":"+254712345678"}],"text":"All"})",
                                        200, count("batches")};
}

void IdempotencyTest::add_verify() {
  const std::string verification =
      part(post("/api/verify/start", R"({"to":"+254711111111"})").body, "verification_id");
  sql_of_test(pg(), "update verifications set sent_at = sent_at - interval '1 minute'");
  const std::string row =
      " from verifications where verification_id = '" + verification.substr(4) + "'";
  posts_["POST /verify/start"] = {"/api/verify/start", R"({"to":"+254722222222"})", 200,
                                  count("verifications where phone = '+254722222222'")};
  posts_["POST /verify/{id}/resend"] = {"/api/verify/" + verification + "/resend", "", 200,
                                        "select sends - 1" + row};
  posts_["POST /verify/check"] = {
      "/api/verify/check", R"({"verification_id":")" + verification + R"(","code":"000000"})", 200,
      "select attempts" + row};
  posts_["POST /verify/apps"] = {"/api/verify/apps", R"({"name":"Shop"})", 200,
                                 count("verify_apps")};
}

void IdempotencyTest::add_account() {
  posts_["POST /balance/topup"] = {"/api/balance/topup", R"({"amount":250})", 200,
                                   count("payments where provider = 'sandbox'")};
  posts_["POST /api-keys"] = {"/api/api-keys",
                              R"({"name":"once","environment":"test","scopes":"send"})", 200,
                              count("api_keys where name = 'once'")};
  posts_["POST /sender-ids"] = {"/api/sender-ids",
                                R"({"name":"Kijani","countries":["KE"],"use_case":"Codes"})", 200,
                                count("audit_log where action = 'sender_id.requested'")};
  posts_["POST /opt-outs"] = {"/api/opt-outs", R"({"phone":["+254733333333"]})", 200,
                              count("opt_outs where phone = '+254733333333'")};
  posts_["POST /contact-lists"] = {
      "/api/contact-lists",
      "--XyZ\r\nContent-Disposition: form-data; name=\"file\"; filename=\"once.csv\"\r\n\r\n"
      "phone\r\n+254712345678\r\n\r\n--XyZ--\r\n",
      200,
      count("contact_lists where name = 'once.csv'"),
      {},
      "multipart/form-data; boundary=XyZ"};
}

void IdempotencyTest::add_webhooks() {
  HttpClient client = service_.client();
  const HttpAnswer set =
      client.send("PUT", "/api/webhooks",
                  {{"Authorization", "Bearer " + key_}, {"Content-Type", "application/json"}},
                  R"({"dlr_url":"https://example.com/dlr"})");
  EXPECT_EQ(set.status, 200) << set.body;
  const std::string dead = part(post("/api/webhooks/test", "").body, "id");
  const std::string delivered = part(post("/api/webhooks/test", "").body, "id");
  const auto is = [](const std::string& id) {
    return " where replace(delivery_id::text, '-', '') = '" + id.substr(4) + "'";
  };
  sql_of_test(pg(), "delete from webhook_queue");
  sql_of_test(pg(), "update webhook_deliveries set state = 2" + is(delivered));
  sql_of_test(pg(), "update webhook_deliveries set state = 3" + is(dead));
  sql_of_test(pg(),
              "insert into webhook_dead select account_id, delivery_id from "
              "webhook_deliveries" +
                  is(dead));
  posts_["POST /webhooks/deliveries/{id}/replay"] = {
      "/api/webhooks/deliveries/" + delivered + "/replay", "", 202,
      count("webhook_queue" + is(delivered))};
  posts_["POST /webhooks/deliveries/replay"] = {"/api/webhooks/deliveries/replay",
                                                R"({"date_from":"2026-01-01T00:00:00Z"})", 202,
                                                count("webhook_queue" + is(dead))};
  posts_["POST /webhooks/test"] = {
      "/api/webhooks/test", "{}", 202,
      "select count(*) - 2 from webhook_deliveries where kind = 1 and message_id is null"};
  posts_["POST /webhooks/rotate-secret"] = {
      "/api/webhooks/rotate-secret", "", 200,
      count("audit_log where action = 'webhooks.secret_rotated'")};
  posts_["POST /triggers/sms-received/subscribe"] = {
      "/v1/triggers/sms-received/subscribe", R"({"callbackUrl":"https://example.com/in"})", 201,
      count("webhook_endpoints where kind = 4")};
}

void IdempotencyTest::add_second_dialect() {
  const std::string app = part(
      post("/v1/apps/register", R"({"name":"Till","webhookUrl":"https://example.com/app"})").body,
      "appId");
  sql_of_test(pg(),
              "insert into inbound_numbers (number, country, account_id) values "
              "('+254700000001', 'KE', " +
                  here() + ")");
  posts_["POST /sms/send"] = {"/v1/sms/send",
                              R"({"from":"+254700000001","to":"+254712345678","body":"Only"})", 202,
                              count("messages where sender = '+254700000001'")};
  posts_["POST /apps/register"] = {
      "/v1/apps/register", R"({"name":"Once","webhookUrl":"https://example.com/once"})", 201,
      count("apps join webhook_endpoints using (account_id, app_id) where name = 'Once'")};
  posts_["POST /apps/{id}/rotate-key"] = {"/v1/apps/" + app + "/rotate-key", "", 200,
                                          count("audit_log where action = 'app.key_rotated'")};
  posts_["POST /apps/{id}/test-webhook"] = {"/v1/apps/" + app + "/test-webhook", "", 200,
                                            count("webhook_deliveries where kind = 3")};
}

void IdempotencyTest::add_admin() {
  const std::string account = "/api/admin/accounts/" + here();
  const auto by_hand = [&](const std::string& what, Post post) {
    post.headers = by_admin();
    posts_[what] = std::move(post);
  };
  const auto sender = [&](const std::string& name) {
    return std::string(
        sql_of_test(pg(),
                    "insert into sender_ids (account_id, name, countries, requested) values (" +
                        here() + ", '" + name + "', '{KE}', '{KE}') returning sender_id::text")
            .text(0, 0));
  };
  by_hand("POST /admin/accounts", {"/api/admin/accounts", R"({"name":"Once","currency":"KES"})",
                                   201, count("accounts where name = 'Once'")});
  by_hand("POST /admin/accounts/{id}/credit",
          {account + "/credit", R"({"amount":5,"description":"Once in"})", 200,
           count("ledger_entries where description = 'Once in'")});
  by_hand("POST /admin/accounts/{id}/debit",
          {account + "/debit", R"({"amount":5,"description":"Once out"})", 200,
           count("ledger_entries where description = 'Once out'")});
  by_hand("POST /admin/accounts/{id}/users",
          {account + "/users", R"({"email":"once@example.com","password":"a long password"})", 201,
           count("users where email = 'once@example.com'")});
  by_hand("POST /admin/accounts/{id}/sender-ids/{sender}/approve",
          {account + "/sender-ids/" + sender("Mbili") + "/approve", "{}", 200,
           count("audit_log where action = 'sender_id.approved'")});
  by_hand("POST /admin/accounts/{id}/sender-ids/{sender}/reject",
          {account + "/sender-ids/" + sender("Tatu") + "/reject", R"({"reason":"No"})", 200,
           count("audit_log where action = 'sender_id.rejected'")});
  by_hand("POST /admin/routes",
          {"/api/admin/routes",
           R"({"code":"ONCE_BW","country_code":"BW","currency":"USD","price_per_segment":0.03})",
           201, count("routes where code = 'ONCE_BW'")});
  by_hand("POST /admin/routes/{code}/carriers",
          {"/api/admin/routes/ESMS_KE/carriers", R"({"carrier":"loopback"})", 201,
           count("route_carriers where carrier = 'loopback'")});
  by_hand("POST /admin/accounts/{id}/carrier-overrides",
          {account + "/carrier-overrides", R"({"carrier":"loopback","choice":"preferred"})", 201,
           count("carrier_overrides where carrier = 'loopback'")});
  by_hand("POST /admin/prices",
          {"/api/admin/prices", R"({"prices":[{"route":"ESMS_KE","price_per_segment":1.21}]})", 200,
           count("audit_log where action = 'prices.set'")});
  by_hand("POST /admin/fx", {"/api/admin/fx", R"({"rates":[{"currency":"KES","per_usd":129.5}]})",
                             200, count("audit_log where action = 'rates.set'")});
  by_hand("POST /admin/accounts/{id}/webhooks/replay",
          {account + "/webhooks/replay",
           R"({"date_from":"2026-01-01T00:00:00Z","event":"message.failed"})", 202,
           count("audit_log where action = 'webhooks.replayed'")});
  by_hand("POST /workspace/users",
          {"/api/workspace/users", R"({"email":"two@example.com","password":"a long password"})",
           201, count("users where email = 'two@example.com'")});
  // Nobody listens there.
  sql_of_test(pg(),
              "insert into carriers (carrier, secret_hashes, kind, settings) values ('trial', '{}',"
              R"( 'http', '{"url": "https://127.0.0.1:9/send", "private_addresses": true,)"
              R"( "json": {"to": "{{to}}", "text": "{{text}}"}, "answer": {"rules": [{"http": 200,)"
              R"( "means": "accepted"}]}, "timeout_ms": 1000}'))");
  by_hand("POST /admin/carriers/{carrier}/try",
          {"/api/admin/carriers/trial/try", R"({"to":"+254712345678","from":"Kijani","wait_s":0})",
           200, count("audit_log where action = 'carrier.tried'")});
  by_hand("POST /admin/carriers/{carrier}/secrets",
          {"/api/admin/carriers/till/secrets", "{}", 200,
           count("audit_log where action = 'carrier.secret_added'")});
}

// What tells a client where its new thing is.
std::string seen_of(const HttpAnswer& answer) {
  const auto location = answer.headers.find("location");
  return answer.body + (location == answer.headers.end() ? "" : " at " + location->second);
}

TEST_F(IdempotencyTest, AHundredAtOnceAreOneAndStayOneAfterARestart) {
  std::map<std::string, std::string> first;
  for (const std::string& operation : idempotent_posts()) {
    SCOPED_TRACE(operation);
    ASSERT_TRUE(posts_.contains(operation)) << "takes an Idempotency-Key, and has no case here";
    const Post& post = posts_.at(operation);
    EXPECT_EQ(number_of(pg(), post.effects), 0);
    std::vector<HttpAnswer> answers(kAtOnce);
    std::vector<std::thread> clients;
    for (HttpAnswer& answer : answers) {
      clients.emplace_back([&] { answer = ask(operation, post); });
    }
    for (std::thread& client : clients) client.join();
    std::set<std::string> seen;
    for (const HttpAnswer& answer : answers) {
      EXPECT_EQ(answer.status, post.status) << answer.body;
      seen.insert(seen_of(answer));
    }
    EXPECT_EQ(seen.size(), 1u);
    EXPECT_EQ(number_of(pg(), post.effects), 1);
    first[operation] = seen_of(answers.front());
  }
  service_.restart_all(SIGTERM);
  for (const auto& [operation, answer] : first) {
    SCOPED_TRACE(operation);
    const HttpAnswer again = ask(operation, posts_.at(operation));
    EXPECT_EQ(again.status, posts_.at(operation).status);
    EXPECT_EQ(seen_of(again), answer);
    EXPECT_EQ(number_of(pg(), posts_.at(operation).effects), 1);
  }
  EXPECT_EQ(service_.reconcile(), 0);
}

// Whoever repeats a key with something else has made a mistake, and hears of it.
TEST_F(IdempotencyTest, AnotherBodyUnderTheKeyIsRefused) {
  for (const std::string& operation : idempotent_posts()) {
    SCOPED_TRACE(operation);
    Post post = posts_.at(operation);
    EXPECT_EQ(ask(operation, post).status, post.status);
    if (post.content_type != "application/json") continue;  // goes by its parts, not its bytes
    post.body = post.body.empty() ? "{ }" : post.body + " ";
    const HttpAnswer other = ask(operation, post);
    EXPECT_EQ(other.status, 422) << other.body;
    EXPECT_EQ(number_of(pg(), post.effects), 1);
  }
}

}  // namespace idempotency_test
}  // namespace dundun
