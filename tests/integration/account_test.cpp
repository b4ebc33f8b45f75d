// API keys, sender names, settings and the audit log of an account, through nginx.
#include <gtest/gtest.h>

#include "common/identity/api_key.h"
#include "common/io/crypto.h"
#include "common/io/json.h"
#include "common/io/redis.h"
#include "tests/support/browser.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/suite_service.h"
#include "tests/support/text.h"
#include "tests/support/ws_client.h"

namespace dundun {
namespace account_test {

using namespace std::chrono_literals;

class AccountTest : public testing::Test {
 protected:
  AccountTest()
      : account_(seed_account(pg())),
        key_(seed_key(pg(), account_, KeyKind::kLive, "{admin,query,send}")),
        other_(seed_account(pg())),
        stranger_(seed_key(pg(), other_, KeyKind::kLive, "{admin,query,send}")) {}
  ~AccountTest() override {
    // The tests that follow come from the same address.
    (void)Redis({.url = Stack::shared().redis_url()}).run({"DEL", "badkeys:unix:"});
  }

  static Service& service() {
    static SuiteService shared;
    return shared.get();
  }
  static Pg& pg() { return service().pg(); }
  HttpAnswer post(const std::string& target, const std::string& body) {
    return client_.post(key_, target, body);
  }
  HttpAnswer send(const std::string& key, const char* method, const std::string& target,
                  const std::string& body = "") {
    return client_.send(method, target,
                        {{"Authorization", "Bearer " + key}, {"Content-Type", "application/json"}},
                        body);
  }
  HttpAnswer make_key(const std::string& more = "", const std::string& scopes = "send,query") {
    return post("/api/api-keys",
                R"({"name":"Till 3","environment":"live","scopes":")" + scopes + "\"" + more + "}");
  }
  std::string of_account() const { return " account_id = " + std::to_string(account_); }
  int64_t lines(const std::string& action) {
    return number_of(
        pg(), "select count(*) from audit_log where action = '" + action + "' and" + of_account());
  }

  HttpClient client_ = service().client();
  int64_t account_;
  std::string key_;
  int64_t other_;
  std::string stranger_;
};

TEST_F(AccountTest, AKeyIsShownOnceAndWorksAtOnce) {
  const HttpAnswer made = make_key();
  ASSERT_EQ(made.status, 200) << made.body;
  const std::string key = member(made.body, "key");
  EXPECT_TRUE(key.starts_with("esms_live_"));
  EXPECT_EQ(key.size(), 42u);
  EXPECT_TRUE(has_key_checksum(key));
  EXPECT_EQ(member(made.body, "prefix"), "esms_live_****" + key.substr(38));
  EXPECT_TRUE(contains(made.body, R"("scopes":["query","send"])")) << made.body;
  EXPECT_EQ(client_.get(key, "/api/balance").status, 200);
  const HttpAnswer list = client_.get(key_, "/api/api-keys");
  EXPECT_FALSE(contains(list.body, key));
  EXPECT_TRUE(list.body.starts_with("[{\"id\":" + member(made.body, "id") + ",\"name\":\"Till 3\""))
      << list.body;
  EXPECT_EQ(number_of(pg(),
                      "select count(*) from api_keys where name = 'Till 3' and key_hash = "
                      "'\\x" +
                          to_hex(sha256(key)) + "'"),
            1);
  EXPECT_EQ(lines("api_key.created"), 1);
  EXPECT_EQ(number_of(pg(), "select count(*) from audit_log where detail like '%" + key + "%'"), 0);
}

TEST_F(AccountTest, ARevokedKeyIsDeadAtItsNextRequest) {
  const HttpAnswer made = make_key();
  const std::string key = member(made.body, "key");
  EXPECT_EQ(client_.get(key, "/api/balance").status, 200);
  EXPECT_EQ(client_.get(key, "/api/messages").status, 200);
  const std::string target = "/api/api-keys/" + member(made.body, "id");
  EXPECT_EQ(send(stranger_, "DELETE", target).status, 404) << "another account's key";
  EXPECT_EQ(send(key, "DELETE", target).status, 403) << "no scope admin";
  EXPECT_EQ(client_.get(key, "/api/balance").status, 200);
  EXPECT_EQ(send(key_, "DELETE", target).status, 204);
  EXPECT_EQ(client_.get(key, "/api/balance").status, 401);
  EXPECT_EQ(client_.get(key, "/api/messages").status, 401);
  EXPECT_EQ(send(key_, "DELETE", target).status, 404);
  EXPECT_EQ(send(key_, "DELETE", "/api/api-keys/0x1").status, 404);
  EXPECT_EQ(lines("api_key.revoked"), 1);
}

TEST_F(AccountTest, WrongKeyRequestsNameTheFieldAndMakeNothing) {
  struct Case {
    const char *body, *field;
  };
  const Case cases[] = {
      {R"({"environment":"live","scopes":"send"})", "name"},
      {R"({"name":"","environment":"live","scopes":"send"})", "name"},
      {R"({"name":"a\u0001b","environment":"live","scopes":"send"})", "name"},
      {R"({"name":"x","scopes":"send"})", "environment"},
      {R"({"name":"x","environment":"prod","scopes":"send"})", "environment"},
      {R"({"name":"x","environment":"live"})", "scopes"},
      {R"({"name":"x","environment":"live","scopes":""})", "scopes"},
      {R"({"name":"x","environment":"live","scopes":"send,root"})", "scopes"},
      {R"({"name":"x","environment":"live","scopes":["send",1]})", "scopes"},
      {R"({"name":"x","environment":"live","scopes":"send","allowed_ips":["10.0.0.1/8"]})",
       "allowed_ips"},
      {R"({"name":"x","environment":"live","scopes":"send","allowed_ips":["everywhere"]})",
       "allowed_ips"},
      {R"({"name":"x","environment":"live","scopes":"send","expires_at":"2020-01-01T00:00:00Z"})",
       "expires_at"},
      {R"({"name":"x","environment":"live","scopes":"send","expires_at":"soon"})", "expires_at"},
  };
  for (const Case& each : cases) {
    const HttpAnswer answer = post("/api/api-keys", each.body);
    EXPECT_EQ(answer.status, 422) << each.body << answer.body;
    EXPECT_TRUE(contains(answer.body, std::string(R"("loc":["body",")") + each.field))
        << answer.body;
  }
  EXPECT_EQ(number_of(pg(), "select count(*) from api_keys where" + of_account()), 1);
  EXPECT_EQ(lines("api_key.created"), 0);
}

TEST_F(AccountTest, MembersThatNobodyAskedForChangeNothing) {
  const HttpAnswer made = make_key(",\"account_id\":" + std::to_string(other_) +
                                   R"(,"rate_limit_per_s":1000000,"app_id":"app_1","key":"mine")");
  ASSERT_EQ(made.status, 200);
  const std::string id = member(made.body, "id");
  EXPECT_EQ(number_of(pg(), "select account_id from api_keys where key_id = " + id), account_);
  EXPECT_EQ(number_of(pg(), "select rate_limit_per_s from api_keys where key_id = " + id), 100);
  EXPECT_EQ(
      number_of(pg(), "select count(*) from api_keys where app_id is null and key_id = " + id), 1);
  const HttpAnswer changed =
      send(key_, "PUT", "/api/workspace",
           R"({"name":"Mine","currency":"USD","status":"x","balance":5,"id":1,"account_id":1})");
  EXPECT_EQ(changed.status, 200) << changed.body;
  EXPECT_TRUE(contains(changed.body, R"("name":"Mine","currency":"KES","status":"active")"));
  EXPECT_TRUE(contains(client_.get(key_, "/api/balance").body, "1000.00"));
}

TEST_F(AccountTest, ATestKeyManagesTestKeysOnly) {
  const std::string test = seed_key(pg(), account_, KeyKind::kTest, "{admin,query,send}");
  EXPECT_EQ(
      client_.post(test, "/api/api-keys", R"({"name":"x","environment":"live","scopes":"send"})")
          .status,
      403);
  const HttpAnswer made =
      client_.post(test, "/api/api-keys", R"({"name":"x","environment":"test","scopes":"send"})");
  EXPECT_EQ(made.status, 200);
  EXPECT_TRUE(member(made.body, "key").starts_with("esms_test_"));
  EXPECT_FALSE(contains(client_.get(test, "/api/api-keys").body, R"("environment":"live")"));
  const std::string live = member(make_key().body, "id");
  EXPECT_EQ(send(test, "DELETE", "/api/api-keys/" + live).status, 404);
}

TEST_F(AccountTest, NoKeyGivesWhatItDoesNotHave) {
  const std::string few = seed_key(pg(), account_, KeyKind::kLive, "{admin,query}");
  const auto give = [&](const std::string& key, const std::string& scopes,
                        const std::string& more = "") {
    return client_.post(
        key, "/api/api-keys",
        R"({"name":"x","environment":"live","scopes":")" + scopes + '"' + more + "}");
  };
  const HttpAnswer refused = give(few, "query,send");
  EXPECT_EQ(refused.status, 403) << refused.body;
  EXPECT_TRUE(contains(refused.body, R"("code":"insufficient_scope")")) << refused.body;
  EXPECT_EQ(give(few, "query,admin").status, 200);
  sql_of_test(pg(),
              "update api_keys set expires_at = now() + interval '1 hour' where scopes = "
              "'{admin,query}' and" +
                  of_account());
  configuration_changed(pg(), Stack::shared().redis_url());
  EXPECT_EQ(give(few, "query").status, 403) << "it would never expire";
  EXPECT_EQ(give(few, "query", R"(,"expires_at":"2199-01-01T00:00:00Z")").status, 403);
  EXPECT_EQ(lines("api_key.created"), 1);
}

TEST_F(AccountTest, AKeyIsForItsAddressesAndItsTime) {
  // The tests come over a Unix socket, whose address lies in no network.
  const std::string elsewhere =
      member(make_key(R"(,"allowed_ips":["192.0.2.0/24","2001:db8::1"])").body, "key");
  const HttpAnswer answer = client_.get(elsewhere, "/api/balance");
  EXPECT_EQ(answer.status, 403);
  EXPECT_TRUE(contains(answer.body, "address_not_allowed"));
  const HttpAnswer made = make_key(R"(,"expires_at":"2100-01-01T00:00:00Z")");
  const std::string key = member(made.body, "key");
  EXPECT_EQ(client_.get(key, "/api/balance").status, 200);
  sql_of_test(pg(), "update api_keys set expires_at = now() - interval '2 s' where key_id = " +
                        member(made.body, "id"));
  configuration_changed(pg(), Stack::shared().redis_url());
  EXPECT_EQ(client_.get(key, "/api/balance").status, 401);
}

TEST_F(AccountTest, TheNumberOfKeysIsBounded) {
  sql_of_test(pg(),
              "insert into api_keys (key_hash, account_id, environment, name, prefix, scopes)"
              " select sha256(('k' || n || '" +
                  key_ + "')::bytea), " + std::to_string(account_) +
                  ", 0, 'x', 'x', '{send}' from "
                  "generate_series(1, 99) n");
  const HttpAnswer answer = make_key();
  EXPECT_EQ(answer.status, 409) << answer.body;
  EXPECT_TRUE(contains(answer.body, "already_exists"));
}

TEST_F(AccountTest, SenderNamesAreAskedForPerCountry) {
  const HttpAnswer asked = post(
      "/api/sender-ids",
      R"({"name":"Kijani","countries":["ke","UG","KE"],"use_case":"Order news","status":"approved"})");
  ASSERT_EQ(asked.status, 200) << asked.body;
  EXPECT_TRUE(contains(asked.body, R"("name":"Kijani","countries":["KE","UG"],)"
                                   R"("use_case":"Order news","status":"pending",)"
                                   R"("rejection_reason":null)"))
      << asked.body;
  const char* text = R"({"to":"+254712345678","text":"hi","sender_id":"Kijani"})";
  EXPECT_EQ(post("/api/messages/send", text).status, 403) << "not approved yet";
  // The same name again, in any case, adds countries.
  const HttpAnswer more = post("/v1/sender-ids", R"({"name":"KIJANI","countries":["TZ"]})");
  EXPECT_EQ(member(more.body, "id"), member(asked.body, "id"));
  EXPECT_TRUE(contains(more.body, R"("countries":["KE","TZ","UG"])")) << more.body;
  const HttpAnswer list = client_.get(key_, "/api/sender-ids");
  EXPECT_TRUE(list.body.starts_with("[{\"id\":" + member(asked.body, "id"))) << list.body;
  EXPECT_EQ(client_.get(stranger_, "/api/sender-ids").body, "[]");
  EXPECT_EQ(lines("sender_id.requested"), 2);
}

TEST_F(AccountTest, WrongSenderRequestsNameTheField) {
  struct Case {
    const char *body, *field;
  };
  const Case cases[] = {
      {R"({"countries":["KE"]})", "name"},
      {R"({"name":"Twelve chars","countries":["KE"]})", "name"},
      {R"({"name":" Kijani","countries":["KE"]})", "name"},
      {R"({"name":"Kij@ni","countries":["KE"]})", "name"},
      {R"({"name":"Free","countries":["KE"]})", "name"},
      {R"({"name":"Kijani"})", "countries"},
      {R"({"name":"Kijani","countries":[]})", "countries"},
      {R"({"name":"Kijani","countries":["XX"]})", "countries"},
      {R"({"name":"Kijani","countries":["'); drop table sender_ids; --"]})", "countries"},
  };
  for (const Case& each : cases) {
    const HttpAnswer answer = post("/api/sender-ids", each.body);
    EXPECT_EQ(answer.status, 422) << each.body << answer.body;
    EXPECT_TRUE(contains(answer.body, std::string(R"("loc":["body",")") + each.field))
        << answer.body;
  }
  EXPECT_EQ(number_of(pg(), "select count(*) from sender_ids where" + of_account()), 0);
}

TEST_F(AccountTest, ARepeatedRequestForAKeyShowsTheSameKey) {
  const char* body = R"({"name":"Till","environment":"live","scopes":"query"})";
  const auto ask = [&](const std::string& repeat) {
    return client_.post(key_, "/api/api-keys", body, {{"Idempotency-Key", repeat}});
  };
  const HttpAnswer first = ask("k1");
  ASSERT_EQ(first.status, 200) << first.body;
  const HttpAnswer again = ask("k1");
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.headers.at("idempotency-replayed"), "true");
  EXPECT_NE(ask("k2").body, first.body);
  EXPECT_EQ(lines("api_key.created"), 2);
  const std::string key = member(first.body, "key");
  EXPECT_EQ(
      number_of(pg(), "select count(*) from idempotency_keys where body like '%" + key + "%'"), 0);
}

TEST_F(AccountTest, TheWorkspaceHasAThresholdAndAPolicyThatIsNotItsOwn) {
  const HttpAnswer shown = client_.get(key_, "/api/workspace");
  EXPECT_TRUE(contains(shown.body, R"("refund_on":"not_accepted","low_balance_threshold":null)"))
      << shown.body;
  const auto put = [&](const std::string& body) {
    return send(key_, "PUT", "/api/workspace", body);
  };
  EXPECT_TRUE(contains(put(R"({"low_balance_threshold":250.50})").body,
                       R"("low_balance_threshold":250.50)"));
  EXPECT_TRUE(contains(put(R"({"name":"Kijani Tours"})").body,
                       R"("name":"Kijani Tours","currency":"KES")"));
  EXPECT_TRUE(contains(client_.get(key_, "/api/workspace").body, "250.50"))
      << "what is left out stays";
  EXPECT_EQ(put(R"({"low_balance_threshold":0})").status, 422);
  EXPECT_EQ(put(R"({"low_balance_threshold":-5})").status, 422);
  EXPECT_EQ(put(R"({"low_balance_threshold":"much"})").status, 422);
  EXPECT_EQ(put(R"({"name":""})").status, 422);
  EXPECT_EQ(put(R"({"refund_on":"any_failure","name":"Sly"})").status, 403);
  EXPECT_TRUE(contains(client_.get(key_, "/api/workspace").body, R"("name":"Kijani Tours")"));
  EXPECT_TRUE(
      contains(put(R"({"low_balance_threshold":null})").body, R"("low_balance_threshold":null)"));
  EXPECT_EQ(lines("workspace.changed"), 3);
  EXPECT_EQ(send(stranger_, "GET", "/api/workspace").body.find("Kijani"), std::string::npos);
}

TEST_F(AccountTest, TheAuditLogSaysWhoAndIsPaged) {
  for (int i = 0; i < 3; ++i) make_key();
  Browser owner(service().client());
  const std::string email = to_hex(random_bytes(6)) + "@example.com";
  seed_user(pg(), account_, email);
  ASSERT_EQ(owner.login(email, kTestPassword).status, 200);
  EXPECT_EQ(owner.send("PUT", "/api/workspace", R"({"name":"Renamed"})").status, 200);
  const HttpAnswer page = owner.get("/api/audit-log?limit=3");
  EXPECT_TRUE(contains(page.body, R"("actor_kind":"user")")) << page.body;
  EXPECT_TRUE(contains(page.body, R"("actor":")" + email)) << page.body;
  EXPECT_TRUE(contains(page.body, R"("actor_kind":"api_key")")) << page.body;
  EXPECT_TRUE(contains(page.body, R"("detail":{"name":"Renamed")")) << page.body;
  const int64_t last =
      number_of(pg(), "select min(audit_id) from (select audit_id from audit_log where" +
                          of_account() + " order by 1 desc limit 3) x");
  const HttpAnswer rest = owner.get("/api/audit-log?after=" + std::to_string(last));
  EXPECT_FALSE(contains(rest.body, "Renamed"));
  EXPECT_TRUE(contains(rest.body, "api_key.created"));
  EXPECT_EQ(client_.get(stranger_, "/api/audit-log").body, R"({"entries":[],"limit":20})");
}

TEST_F(AccountTest, LastUseIsWrittenDown) {
  Service own(Stack::shared().fresh_database(), {.messages_workers = 2, .environment = {}});
  const std::string key = seed_key(own.pg(), seed_account(own.pg()));
  EXPECT_EQ(own.client().get(key, "/api/messages").status, 200);
  EXPECT_EQ(number_of(own.pg(), "select count(last_used_at) from api_keys"), 0)
      << "not by the request itself";
  own.worker(0).signal(SIGTERM);
  own.worker(1).signal(SIGTERM);
  own.worker(0).wait();
  own.worker(1).wait();
  EXPECT_EQ(number_of(own.pg(), "select count(last_used_at) from api_keys"), 1);
}

}  // namespace account_test
}  // namespace dundun
