// What an attacker tries, on every endpoint of every table: a new endpoint is tried by itself.
#include <gtest/gtest.h>

#include "common/io/crypto.h"
#include "common/io/redis.h"
#include "common/web/router.h"
#include "handlers/admin/endpoints.h"
#include "tests/integration/guarded.h"
#include "tests/support/browser.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/suite_service.h"
#include "tests/support/text.h"

namespace dundun {
namespace attacker_test {

const char* all_but(Access access) {
  switch (access) {
    case Access::kQuery:
      return "{send,webhooks,admin}";
    case Access::kSend:
      return "{query,webhooks,admin}";
    case Access::kWebhooks:
      return "{send,query,admin}";
    case Access::kManage:
      return "{send,query,webhooks}";
    default:
      return "{send,query,webhooks,admin}";
  }
}

// A body that passes as many checks as one body can, so that ids are looked at.
const char* const kBody =
    R"({"to":"+254712345678","text":"x","name":"x","code":"123456","scheduled_at":null,)"
    R"("drip_rate":10,"amount":1,"description":"x","reason":"x","environment":"test",)"
    R"("scopes":"query","email":"x@example.com","password":"a long password","role":"viewer"})";

class AttackerTest : public testing::Test {
 protected:
  // The tests that follow come from the same address.
  ~AttackerTest() override {
    (void)Redis({.url = Stack::shared().redis_url()}).run({"DEL", "badkeys:unix:"});
  }

  static Service& service() {
    static SuiteService shared({.environment = {{"BAD_KEYS_MAX", "1000000"},
                                                {"PAYMENT_PROVIDER", "sandbox"},
                                                {"PAYMENT_SECRET", "a secret for tests only"},
                                                {"PUBLIC_URL", "http://pay.test"}}});
    return shared.get();
  }
  static Pg& pg() { return service().pg(); }
  HttpAnswer call(const Endpoint& endpoint, const std::string& where, HttpClient::Headers headers,
                  const std::string& body = kBody) {
    const bool reads = endpoint.method == Method::kGet;
    if (!reads) headers.emplace_back("Content-Type", "application/json");
    return client_.send(method_name(endpoint.method), where, headers, reads ? "" : body);
  }
  static HttpClient::Headers bearer(const std::string& key) {
    return {{"Authorization", "Bearer " + key}};
  }

  HttpClient client_ = service().client();
};

TEST_F(AttackerTest, WithoutAuthenticationNothingIsAnswered) {
  for (const Endpoint* endpoint : guarded_in_both()) {
    const std::string where = target(*endpoint, "1");
    EXPECT_EQ(call(*endpoint, where, {}).status, 401) << named(*endpoint);
    EXPECT_EQ(call(*endpoint, where, bearer("esms_live_0000")).status, 401) << named(*endpoint);
    EXPECT_EQ(call(*endpoint, where, {{"X-API-Key", "' or '1'='1"}}).status, 401);
    EXPECT_EQ(call(*endpoint, where, {{"Authorization", "Basic eDp5"}}).status, 401);
    EXPECT_EQ(call(*endpoint, where, {{"Cookie", "esms_access_token=" + to_hex(random_bytes(32))}})
                  .status,
              401)
        << named(*endpoint);
  }
}

// RapidJSON 1.1.0 ended the process over such a number (CVE-2024-38517), before anybody logged in.
TEST_F(AttackerTest, NoNumberEndsAProcess) {
  const std::string key =
      seed_key(pg(), seed_account(pg()), KeyKind::kLive, "{send,query,webhooks,admin}");
  for (const char* number : {"1.0000000000e-2147483639", "1.0000000000e-2147483648", "1e400"}) {
    const std::string body = std::string(R"({"email":"x","to":)") + number + "}";
    for (const char* path : {"/api/auth/login", "/v1/webhooks/ringcentral"}) {
      const HttpAnswer answer =
          client_.send("POST", path, {{"Content-Type", "application/json"}}, body);
      EXPECT_GE(answer.status, 400) << path << number;
      EXPECT_LT(answer.status, 500) << path << number << answer.body;
    }
    for (const Endpoint* endpoint : guarded_in_both()) {
      const HttpAnswer answer = call(*endpoint, target(*endpoint, "0"), bearer(key), body);
      EXPECT_GE(answer.status, 200) << named(*endpoint) << number;
      EXPECT_NE(answer.status, 401) << named(*endpoint) << " ended the key";
      EXPECT_LT(answer.status, 500) << named(*endpoint) << number << answer.body;
    }
    const HttpAnswer sent = client_.post(key, "/api/messages/send", body);
    EXPECT_EQ(sent.status, 400) << sent.body;
    EXPECT_TRUE(contains(sent.body, R"("code":"invalid_json")")) << sent.body;
  }
}

// Whoever sends a key counts on its protection: what is none is refused before anything happens.
TEST_F(AttackerTest, AnIdempotencyKeyThatIsNoneIsRefused) {
  const std::string name = "Idempotency-Key";
  const std::vector<HttpClient::Headers> cases = {{{name, ""}},
                                                  {{name, "   "}},
                                                  {{name, "\t"}},
                                                  {{name, "\"\""}},
                                                  {{name, "a"}, {name, "b"}},
                                                  {{name, "a"}, {name, "a"}},
                                                  {{name, ""}, {name, "a"}},
                                                  {{name, "a"}, {name, ""}},
                                                  {{name, ""}, {"idempotency-key", ""}},
                                                  {{name, "a"}, {"IDEMPOTENCY-KEY", "b"}},
                                                  {{name, "a b"}},
                                                  {{name, "a, b"}},
                                                  {{name, "\x7f"}},
                                                  {{name, "k\xC3\xA9y"}},
                                                  {{name, std::string(256, 'k')}}};
  const int64_t account = seed_account(pg());
  const std::string key = seed_key(pg(), account, KeyKind::kLive, "{send,query,webhooks,admin}");
  const std::string own = " where account_id = " + std::to_string(account) + ")";
  const std::string count =
      "select (select count(*) from messages" + own + " + (select count(*) from api_keys" + own;
  for (size_t i = 0; i < cases.size(); ++i) {
    for (const auto& [path, body] :
         {std::pair("/api/messages/send", R"({"to":"+254712345678","text":"x"})"),
          std::pair("/api/api-keys", R"({"name":"x","environment":"live","scopes":"send"})"),
          std::pair("/api/messages/send-bulk", R"({"recipients":[],"text":"x"})"),
          std::pair("/v1/sms/send", R"({"to":"+254712345678","from":"+254700000001"})")}) {
      const HttpAnswer answer = client_.post(key, path, body, cases[i]);
      EXPECT_EQ(answer.status, 400) << i << path << answer.body;
      EXPECT_TRUE(contains(answer.body, "Idempotency-Key must be sent once")) << answer.body;
    }
  }
  EXPECT_EQ(number_of(pg(), count), 1) << "the key of this test";
  EXPECT_EQ(
      client_.send("GET", "/api/messages", {{"Authorization", "Bearer " + key}, {name, ""}}).status,
      200)
      << "reading needs no protection";
  EXPECT_EQ(client_
                .post(key, "/api/messages/send", R"({"to":"+254712345678","text":"x"})",
                      {{name, std::string(255, 'k')}})
                .status,
            200);
}

TEST_F(AttackerTest, WithTheWrongScopeNothingIsDone) {
  const int64_t account = seed_account(pg());
  std::map<Access, std::string> keys;
  for (const Endpoint* endpoint : guarded()) {
    std::string& key = keys[endpoint->demand.access];
    if (key.empty())
      key = seed_key(pg(), account, KeyKind::kLive, all_but(endpoint->demand.access));
    const HttpAnswer answer = call(*endpoint, target(*endpoint, "1"), bearer(key));
    EXPECT_EQ(answer.status, 403) << named(*endpoint) << answer.body;
    // Paths of the second dialect have its form of errors.
    EXPECT_TRUE(contains(answer.body, R"("code":"insufficient_scope")") ||
                answer.body.starts_with("{\"error\":\""))
        << named(*endpoint) << answer.body;
  }
}

TEST_F(AttackerTest, ACookieAloneChangesNothing) {
  const int64_t account = seed_account(pg());
  const std::string email = to_hex(random_bytes(6)) + "@example.com";
  seed_user(pg(), account, email, "admin");
  Browser admin(service().client());
  ASSERT_EQ(admin.login(email, kTestPassword).status, 200);
  const HttpClient::Headers cookie{{"Cookie", "esms_access_token=" + admin.token()}};
  for (const Endpoint* endpoint : guarded_in_both()) {
    if (endpoint->method == Method::kGet) continue;
    const HttpAnswer answer = call(*endpoint, target(*endpoint, "1"), cookie);
    EXPECT_EQ(answer.status, 403) << named(*endpoint);
    EXPECT_TRUE(contains(answer.body, "cross_site_request") ||
                contains(answer.body, "X-CSRF-Token"))
        << named(*endpoint) << answer.body;
  }
}

// --- other people's ids ---

class StrangerTest : public AttackerTest {
 protected:
  // Everything of this account in every table that has an account, in one digest.
  static std::string state_of(int64_t account) {
    const PgRows tables =
        sql_of_test(pg(),
                    "select c.table_name::text from information_schema.columns c "
                    "join information_schema.tables t using (table_schema, table_name) "
                    "where c.column_name = 'account_id' and c.table_schema = 'public' "
                    "and t.table_type = 'BASE TABLE' order by 1");
    std::string state;
    for (int row = 0; row < tables.size(); ++row) {
      const std::string table(tables.text(row, 0));
      const PgRows digest = sql_of_test(
          pg(), "select coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from " +
                    table + " t where account_id = " + std::to_string(account));
      state += table + " " + std::string(digest.text(0, 0)) + "\n";
    }
    return state;
  }

  // Ids of everything the victim has.
  std::vector<std::string> ids_of_victim() {
    std::vector<std::string> ids;
    const std::string mine = " where account_id = " + std::to_string(victim_);
    const auto take = [&](const std::string& query) {
      const PgRows rows = sql_of_test(pg(), query + mine);
      EXPECT_GT(rows.size(), 0) << query;
      for (int row = 0; row < rows.size(); ++row) ids.emplace_back(rows.text(row, 0));
    };
    take("select 'msg-' || message_id from messages");
    take("select 'batch-' || batch_id from batches");
    take("select list_id::text from contact_lists");
    take("select key_id::text from api_keys");
    take("select sender_id::text from sender_ids");
    take("select session_id::text from sessions");
    take("select verification_id::text from verifications");
    take("select user_id::text from users");
    take("select notification_id::text from notifications");
    return ids;
  }

  // One of each thing that has an id.
  void give_victim_things() {
    const std::string key = seed_key(pg(), victim_, KeyKind::kLive, "{send,query,webhooks,admin}");
    const auto post = [&](const char* where, const std::string& body) {
      const HttpAnswer answer = client_.post(key, where, body);
      EXPECT_LT(answer.status, 300) << where << answer.body;
    };
    post("/v1/messages/send", R"({"to":"+254712345678","text":"mine"})");
    post("/v1/messages/send", R"({"to":"+254712345678","text":"later","schedule_mode":"scheduled",)"
                              R"("scheduled_at":")" +
                                  in_an_hour() + "\"}");
    post("/v1/messages/send-bulk", R"({"recipients":[{"to":"+254712345678"}],"text":"all",)"
                                   R"("schedule_mode":"scheduled","scheduled_at":")" +
                                       in_an_hour() + "\"}");
    post("/v1/sender-ids", R"({"name":"Mine","countries":["KE"]})");
    post("/v1/verify/start", R"({"to":"+254712345678"})");
    const std::string form =
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n"
        "phone\n+254712345678\n\r\n--b--\r\n";
    EXPECT_EQ(client_
                  .send("POST", "/v1/contact-lists",
                        {{"Authorization", "Bearer " + key},
                         {"Content-Type", "multipart/form-data; boundary=b"}},
                        form)
                  .status,
              200);
    const std::string email = to_hex(random_bytes(6)) + "@example.com";
    seed_user(pg(), victim_, email);
    EXPECT_EQ(Browser(service().client()).login(email, kTestPassword).status, 200);
    sql_of_test(pg(),
                "insert into notifications (account_id, notification_id, environment, type, "
                "title, body, link, event_id) values (" +
                    std::to_string(victim_) + ", 1, 0, 't', 't', 'b', '/', gen_random_uuid())");
  }
  static std::string in_an_hour() { return format_z(now() + std::chrono::hours(1)); }

  int64_t victim_ = seed_account(pg());
};

TEST_F(StrangerTest, OtherAccountsIdsAreNotThere) {
  give_victim_things();
  const std::vector<std::string> ids = ids_of_victim();
  const std::string key =
      seed_key(pg(), seed_account(pg()), KeyKind::kLive, "{send,query,webhooks,admin}");
  // No number of the attacker's own is one of the victim's.
  sql_of_test(pg(), "select setval(pg_get_serial_sequence('users', 'user_id'), 2000000)");
  const std::string email = to_hex(random_bytes(6)) + "@example.com";
  seed_user(pg(), seed_account(pg()), email);
  Browser owner(service().client());
  ASSERT_EQ(owner.login(email, kTestPassword).status, 200);
  const std::string others = " + 1000000 where account_id <> " + std::to_string(victim_);
  sql_of_test(pg(), "update api_keys set key_id = key_id" + others);
  sql_of_test(pg(), "update sessions set session_id = session_id" + others);
  const std::string before = state_of(victim_);
  for (const Endpoint* endpoint : guarded()) {
    // Routes are everybody's; admins may see every account.
    const bool shared = std::string_view(endpoint->path) == "/routes/{code}";
    if (!has_id(*endpoint) || shared || endpoint->demand.access == Access::kPlatform) continue;
    int not_found = 0;
    // Its members are too like those of the one body.
    const bool special = std::string_view(endpoint->path) == "/verify/apps/{id}";
    const std::string body = special ? R"({"name":"x"})" : kBody;
    for (const std::string& id : ids) {
      const HttpAnswer answer =
          endpoint->demand.access == Access::kSession || endpoint->demand.access == Access::kOwner
              ? owner.send(std::string(method_name(endpoint->method)), target(*endpoint, id),
                           endpoint->method == Method::kGet ? "" : kBody)
              : call(*endpoint, target(*endpoint, id), bearer(key), body);
      not_found += answer.status == 404;
      EXPECT_TRUE(answer.status == 404 || answer.status == 422 || answer.status == 400)
          << named(*endpoint) << " " << id << " " << answer.status << answer.body;
    }
    EXPECT_GT(not_found, 0) << named(*endpoint) << ": no id was looked for";
  }
  EXPECT_EQ(before, state_of(victim_));
}

// A test key stands in programs that are tried out, and on the machines of those who write them.
TEST_F(StrangerTest, ATestKeyNeitherSeesNorTouchesWhatIsLive) {
  give_victim_things();
  const PgRows texts = sql_of_test(
      pg(),
      "insert into inbound_messages (account_id, inbound_id, environment, carrier, "
      "carrier_message_id, sender, recipient, body) select account_id, message_id, 0, 'loopback', "
      "'x', phone, '12345', 'private' from messages where account_id = " +
          std::to_string(victim_) + " limit 1 returning 'mo_' || inbound_id");
  std::vector<std::string> ids = ids_of_victim();
  ids.emplace_back(texts.text(0, 0));
  const std::string key = seed_key(pg(), victim_, KeyKind::kTest, "{send,query,webhooks,admin}");
  // Of the ids that are numbers, none is its own.
  sql_of_test(pg(), "update api_keys set key_id = key_id + 3000000 where key_hash = '\\x" +
                        to_hex(sha256(key)) + "'");
  const std::string before = state_of(victim_);
  for (const Endpoint* endpoint : guarded()) {
    const bool shared = std::string_view(endpoint->path) == "/routes/{code}";
    if (!has_id(*endpoint) || shared) continue;
    for (const std::string& id : ids) {
      const HttpAnswer answer = call(*endpoint, target(*endpoint, id), bearer(key));
      EXPECT_TRUE(answer.status == 404 || answer.status == 403 || answer.status == 422 ||
                  answer.status == 400)
          << named(*endpoint) << " " << id << " " << answer.status << answer.body;
    }
  }
  const std::string message = ids.front();
  EXPECT_FALSE(contains(client_.get(key, "/v1/messages/status?ids=" + message).body, message));
  for (const char* list : {"/v1/messages?environment=live", "/v1/messages?environment=all",
                           "/v1/messages/export?environment=all", "/v1/inbound?environment=live"}) {
    EXPECT_EQ(client_.get(key, list).status, 403) << list;
  }
  EXPECT_EQ(before, state_of(victim_));
}

TEST_F(StrangerTest, AnOwnerIsNoAdministrator) {
  const std::string email = to_hex(random_bytes(6)) + "@example.com";
  seed_user(pg(), victim_, email, "owner");
  Browser owner(service().client());
  ASSERT_EQ(owner.login(email, kTestPassword).status, 200);
  for (const Endpoint& endpoint : std::span<const Endpoint>(kAdminEndpoints)) {
    if (endpoint.demand.access != Access::kPlatform) continue;
    const HttpAnswer answer = owner.send(std::string(method_name(endpoint.method)),
                                         target(endpoint, std::to_string(victim_)),
                                         endpoint.method == Method::kGet ? "" : kBody);
    EXPECT_EQ(answer.status, 403) << named(endpoint) << answer.body;
  }
}

// --- nonsense ---

TEST_F(AttackerTest, NonsenseIsRefusedAndNothingBreaks) {
  const int64_t account = seed_account(pg(), {.live_micros = 0, .test_micros = 0});
  const std::string key = seed_key(pg(), account, KeyKind::kTest, "{send,query,webhooks,admin}");
  const std::vector<std::string> ids{
      "0",    "-1",     "99999999999999999999",     "1'%20or%20'1'='1",    "..%2F", "%2e%2e",
      "msg-", "%ff%fe", "a%0d%0aSet-Cookie:%20x=y", std::string(3000, 'a')};
  const std::vector<std::string> bodies{"",
                                        "{",
                                        "[]",
                                        "null",
                                        "\"x\"",
                                        "{}",
                                        R"({"name":{"a":[1]},"to":[],"text":7})",
                                        std::string(200, '[') + std::string(200, ']'),
                                        "\xff\xfe{}",
                                        R"({"name":"a\u0000b"})"};
  for (const Endpoint* endpoint : guarded()) {
    for (const std::string& id : ids) {
      if (!has_id(*endpoint)) break;
      const HttpAnswer answer = call(*endpoint, target(*endpoint, id), bearer(key));
      EXPECT_TRUE(answer.status >= 400 && answer.status < 500)
          << named(*endpoint) << " " << id << " " << answer.status << answer.body;
      EXPECT_FALSE(answer.headers.contains("set-cookie"));
    }
    for (const std::string& body : bodies) {
      const HttpAnswer answer = call(*endpoint, target(*endpoint, "1"), bearer(key), body);
      EXPECT_LT(answer.status, 500) << named(*endpoint) << " " << body << answer.body;
      EXPECT_GE(answer.status, 200) << named(*endpoint) << " " << body;
    }
    for (const char* query : {"?page=-1", "?limit=1e9", "?after=x", "?days=%27", "?q=%00",
                              "?status='--", "?ids=%ff", "?environment=moon", "?&&=&=%"}) {
      const HttpAnswer answer = call(*endpoint, target(*endpoint, "1") + query, bearer(key));
      EXPECT_LT(answer.status, 500) << named(*endpoint) << query << answer.body;
    }
  }
}

TEST_F(AttackerTest, OversizeIsRefusedEverywhere) {
  const std::string key = seed_key(pg(), seed_account(pg()));
  const std::string body = "{\"name\":\"" + std::string(2 << 20, 'x') + "\"}";
  for (const Endpoint* endpoint : guarded()) {
    // Lists are uploaded, and may be that large.
    const bool uploads = contains(endpoint->path, "/contact-lists");
    if (endpoint->method == Method::kGet || uploads) continue;
    HttpClient client = service().client();
    const HttpAnswer answer = client.send(
        method_name(endpoint->method), target(*endpoint, "1"),
        {{"Authorization", "Bearer " + key}, {"Content-Type", "application/json"}}, body);
    // nginx may close before it has read all: then nothing came back, and nothing was done.
    EXPECT_TRUE(answer.status == 413 || answer.status == 0 || answer.status == 403)
        << named(*endpoint) << answer.status;
  }
}

}  // namespace attacker_test
}  // namespace dundun
