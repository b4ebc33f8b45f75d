// One-time codes through nginx: every endpoint of Verify, its limits, and who may not know what.
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "common/io/crypto.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/suite_service.h"
#include "tests/support/text.h"

namespace dundun {
namespace verify_test {

constexpr const char* kPhone = "+254712345678";

// The text or number behind `name` in a flat answer; "" if it is not there.
std::string field(const std::string& body, const std::string& name) {
  const std::string mark = "\"" + name + "\":";
  size_t at = body.find(mark);
  if (at == std::string::npos) return "";
  at += mark.size();
  if (body[at] == '"') return body.substr(at + 1, body.find('"', at + 1) - at - 1);
  return body.substr(at, body.find_first_of(",}", at) - at);
}

std::string wrong_of(const std::string& code) {
  std::string wrong = code;
  wrong[0] = wrong[0] == '9' ? '0' : static_cast<char>(wrong[0] + 1);
  return wrong;
}

class VerifyTest : public testing::Test {
 protected:
  VerifyTest()
      : account_(seed_account(pg())),
        key_(seed_key(pg(), account_, KeyKind::kTest)),
        live_(seed_key(pg(), account_, KeyKind::kLive, "{send,query,admin}")) {}

  static Service& service() {
    static SuiteService shared({.messages_workers = 1,
                                .environment = {{"VERIFY_RESEND_PAUSE_S", "3600"},
                                                {"VERIFY_NEW_COUNTRY_HOUR_MAX", "8"},
                                                {"VERIFY_BLOCK_MAX", "6"}}});
    return shared.get();
  }
  static Pg& pg() { return service().pg(); }
  std::string account() const { return std::to_string(account_); }

  HttpAnswer post(const std::string& path, const std::string& body,
                  const HttpClient::Headers& headers = {}) {
    // Apps are the account's own: no test key makes them.
    return client_.post(path == "/apps" ? live_ : key_, "/api/verify" + path, body, headers);
  }
  HttpAnswer get(const std::string& path) { return client_.get(key_, "/api/verify" + path); }
  HttpAnswer start(const std::string& phone = kPhone, const std::string& more = "") {
    return post("/start", R"({"to":")" + phone + "\"" + more + "}");
  }
  std::string started(const std::string& phone = kPhone, const std::string& more = "") {
    const HttpAnswer answer = start(phone, more);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.body;
  }
  HttpAnswer check(const std::string& id, const std::string& code) {
    return post("/check", R"({"verification_id":")" + id + R"(","code":")" + code + "\"}");
  }
  HttpAnswer check_number(const std::string& phone, const std::string& code) {
    return post("/check", R"({"to":")" + phone + R"(","code":")" + code + "\"}");
  }
  void refused(const HttpAnswer& answer, int status, const std::string& detail) {
    EXPECT_EQ(answer.status, status) << answer.body;
    EXPECT_EQ(answer.body.find("{\"detail\":" + detail), 0u)
        << answer.body << "\nwanted " << detail;
  }
  // Time goes by for one verification.
  void later(const std::string& interval) {
    sql_of_test(pg(), "update verifications set sent_at = sent_at - interval '" + interval +
                          "', expires_at = expires_at - interval '" + interval +
                          "' where account_id = " + account());
  }

  HttpClient client_ = service().client();
  int64_t account_;
  std::string key_, live_;
};

TEST_F(VerifyTest, TheRightCodeApprovesOnce) {
  const std::string body = started();
  const std::string id = field(body, "verification_id"), code = field(body, "sandbox_code");
  EXPECT_EQ(id.size(), 40u) << body;
  EXPECT_EQ(id.find("ver-"), 0u);
  EXPECT_EQ(field(body, "status"), "pending");
  EXPECT_EQ(field(body, "to"), kPhone);
  EXPECT_EQ(code.size(), 6u);
  EXPECT_EQ(code.find_first_not_of("0123456789"), std::string::npos);

  EXPECT_EQ(check(id, wrong_of(code)).body,
            R"({"status":"pending","verification_id":")" + id + R"(","attempts_remaining":4})");
  EXPECT_EQ(check(id, code.substr(0, 3) + " - " + code.substr(3)).body,
            R"({"status":"approved","verification_id":")" + id + R"(","attempts_remaining":3})");
  refused(check(id, code), 409,
          R"({"code":"invalid_state","message":"Verification is approved already."})");
  const std::string seen = get("/" + id).body;
  EXPECT_EQ(field(seen, "status"), "approved");
  EXPECT_EQ(field(seen, "attempts_remaining"), "0");
  EXPECT_NE(field(seen, "finished_at"), "null");
}

TEST_F(VerifyTest, WhatCannotBeACodeSpendsNoAttempt) {
  const std::string body = started();
  const std::string id = field(body, "verification_id"), code = field(body, "sandbox_code");
  const std::string untouched =
      R"({"status":"pending","verification_id":")" + id + R"(","attempts_remaining":5})";
  for (const char* typed : {"x", "12345", "1234567", "12345a", "-", "\u0661\u0662", "G123456"}) {
    EXPECT_EQ(check(id, typed).body, untouched) << typed;
    EXPECT_EQ(check_number(kPhone, typed).body, R"({"status":"pending"})") << typed;
  }
  std::string arabic;
  for (const char digit : code)
    arabic += "\xd9" + std::string(1, static_cast<char>(0xa0 + digit - '0'));
  EXPECT_EQ(
      field(check(id, "G-" + arabic.substr(0, 6) + "\u00a0" + arabic.substr(6)).body, "status"),
      "approved");
}

TEST_F(VerifyTest, ALandlineGetsNoCode) {
  const std::string refusal =
      R"({"code":"invalid_phone","message":"'+254202012345' is no mobile number by its country's )"
      R"(plan, and gets no texts. Verify apps with landlines: true send to it all the same.",)"
      R"("reason":"landline"})";
  refused(start("+254202012345"), 400, refusal);
  const std::string app = field(post("/apps", R"({"name":"Kijani"})").body, "id");
  refused(start("+254202012345", R"(,"app_id":")" + app + "\""), 400, refusal);
  const HttpAnswer changed =
      client_.send("PATCH", "/api/verify/apps/" + app, {{"Authorization", "Bearer " + live_}},
                   R"({"name":"Kijani","landlines":true})");
  EXPECT_NE(changed.body.find(R"("landlines":true)"), std::string::npos) << changed.body;
  EXPECT_EQ(start("+254202012345", R"(,"app_id":")" + app + "\"").status, 200);
  EXPECT_EQ(number_of(pg(), "select count(*) from messages where account_id = " + account()), 1);
}

TEST_F(VerifyTest, OneOfAHundredChecksAtOnceApproves) {
  const std::string body = started();
  const std::string id = field(body, "verification_id"), code = field(body, "sandbox_code");
  std::vector<HttpAnswer> answers(100);
  std::vector<std::thread> threads;
  for (HttpAnswer& answer : answers) {
    threads.emplace_back([&] {
      answer =
          service().client().post(key_, "/v1/verify/check",
                                  R"({"verification_id":")" + id + R"(","code":")" + code + "\"}");
    });
  }
  for (std::thread& thread : threads) thread.join();
  int approved = 0;
  for (const HttpAnswer& answer : answers) {
    if (answer.status == 200)
      approved += field(answer.body, "status") == "approved" ? 1 : 0;
    else
      EXPECT_EQ(answer.status, 409) << answer.body;
  }
  EXPECT_EQ(approved, 1);
}

TEST_F(VerifyTest, AHundredGuessesAtOnceAreStillFive) {
  const std::string body = started();
  const std::string id = field(body, "verification_id"), code = field(body, "sandbox_code");
  std::vector<std::thread> threads;
  std::atomic<int> pending{0}, failed{0};
  for (int i = 0; i < 100; ++i) {
    threads.emplace_back([&] {
      const HttpAnswer answer = service().client().post(
          key_, "/api/verify/check",
          R"({"verification_id":")" + id + R"(","code":")" + wrong_of(code) + "\"}");
      EXPECT_EQ(answer.status, 200) << answer.body;
      ++(field(answer.body, "status") == "pending" ? pending : failed);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(pending, 4);
  EXPECT_EQ(failed, 96);
  EXPECT_EQ(check(id, code).body,
            R"({"status":"failed","verification_id":")" + id + R"(","attempts_remaining":0})");
}

TEST_F(VerifyTest, ByNumberNothingSaysWhetherItHasHadACode) {
  const std::string nobody = check_number("+254712345999", "123456").body;
  EXPECT_EQ(nobody, R"({"status":"pending"})");
  const std::string body = started();
  const std::string code = field(body, "sandbox_code");
  for (int i = 0; i < 6; ++i) EXPECT_EQ(check_number(kPhone, wrong_of(code)).body, nobody);
  EXPECT_EQ(check_number(kPhone, code).body, nobody);  // its attempts are used up
  const std::string next = started();
  EXPECT_EQ(check_number(kPhone, field(next, "sandbox_code")).body,
            R"({"status":"approved","verification_id":")" + field(next, "verification_id") + "\"}");
  EXPECT_EQ(check_number(kPhone, field(next, "sandbox_code")).body, nobody);
}

TEST_F(VerifyTest, ANumberHasOneCodeAtATime) {
  const std::string first = started(), second = started();
  EXPECT_EQ(field(get("/" + field(first, "verification_id")).body, "status"), "canceled");
  EXPECT_EQ(
      field(check(field(first, "verification_id"), field(first, "sandbox_code")).body, "status"),
      "canceled");
  EXPECT_EQ(field(check_number(kPhone, field(second, "sandbox_code")).body, "status"), "approved");
}

TEST_F(VerifyTest, AnExpiredCodeIsWorthNothing) {
  const std::string body = started(kPhone, R"(,"expiry_seconds":60)");
  const std::string id = field(body, "verification_id");
  later("61 seconds");
  EXPECT_EQ(check(id, field(body, "sandbox_code")).body,
            R"({"status":"expired","verification_id":")" + id + R"(","attempts_remaining":0})");
  EXPECT_EQ(field(get("/" + id).body, "status"), "expired");
  refused(post("/" + id + "/resend", ""), 409,
          R"({"code":"invalid_state","message":"Verification is expired."})");
  refused(post("/" + id + "/cancel", ""), 409,
          R"({"code":"invalid_state","message":"Verification is expired."})");
}

TEST_F(VerifyTest, AResendIsAFreshCodeOfTheSameVerification) {
  const std::string body = started();
  const std::string id = field(body, "verification_id");
  const HttpAnswer soon = post("/" + id + "/resend", "");
  EXPECT_EQ(soon.status, 429);
  EXPECT_TRUE(contains(soon.body, "The last code was just sent: another can be sent in "))
      << soon.body;
  EXPECT_GT(std::stoi(soon.headers.at("retry-after")), 3500);
  // A clock that ran on, but the code is still good.
  const auto wait = [&] {
    sql_of_test(pg(),
                "update verifications set sent_at = sent_at - interval '1 day' where "
                "account_id = " +
                    account());
  };
  wait();
  const HttpAnswer again = post("/" + id + "/resend", "");
  ASSERT_EQ(again.status, 200) << again.body;
  EXPECT_EQ(field(again.body, "verification_id"), id);
  const std::string fresh = field(again.body, "sandbox_code");
  if (fresh != field(body, "sandbox_code")) {
    EXPECT_EQ(field(check(id, field(body, "sandbox_code")).body, "status"), "pending");
  }
  for (int i = 0; i < 2; ++i) {
    wait();
    ASSERT_EQ(post("/" + id + "/resend", "").status, 200);
  }
  wait();
  refused(post("/" + id + "/resend", ""), 409,
          R"({"code":"invalid_state","message":"This verification has had all its codes; start )"
          R"(another."})");
  EXPECT_EQ(field(get("/" + id).body, "sends"), "4");
  EXPECT_EQ(number_of(pg(), "select count(*) from messages where account_id = " + account()), 4);
}

TEST_F(VerifyTest, CancelingTwiceIsCancelingOnce) {
  const std::string body = started();
  const std::string id = field(body, "verification_id");
  for (int i = 0; i < 2; ++i) {
    const HttpAnswer answer = post("/" + id + "/cancel", "");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(field(answer.body, "status"), "canceled");
  }
  EXPECT_EQ(field(check(id, field(body, "sandbox_code")).body, "status"), "canceled");
  refused(post("/" + id + "/resend", ""), 409,
          R"({"code":"invalid_state","message":"Verification is not pending."})");
}

TEST_F(VerifyTest, ACodeIsAMessageLikeAnyOtherButNobodyReadsIt) {
  const int64_t before =
      number_of(pg(), "select balance_micros from wallets where environment = 0 and account_id = " +
                          account());
  const HttpAnswer answer = client_.post(live_, "/api/verify/start", R"({"to":"+254712345678"})");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.body.find("sandbox_code"), std::string::npos);
  EXPECT_EQ(before - number_of(pg(),
                               "select balance_micros from wallets where environment = 0 "
                               "and account_id = " +
                                   account()),
            1'200'000);
  const HttpAnswer list = client_.get(live_, "/api/messages");
  EXPECT_EQ(field(list.body, "text"), "****** is your verification code. Do not share it.");
  const std::string id = field(list.body, "id");
  EXPECT_EQ(field(client_.get(live_, "/api/messages/" + id).body, "text"),
            "****** is your verification code. Do not share it.");
  EXPECT_TRUE(wait_until([&] {
    return number_of(pg(),
                     "select count(*) from messages where body like '******%' and account_id"
                     " = " +
                         account()) == 1;
  }));
  // Neither another scope nor a retry brings it out.
  EXPECT_EQ(client_.post(live_, "/api/messages/" + id + "/retry", "").status, 409);
  EXPECT_EQ(service().reconcile(), 0);
}

TEST_F(VerifyTest, LiveAndTestKeepApart) {
  const std::string id = field(started(), "verification_id");
  EXPECT_EQ(client_.get(live_, "/api/verify/" + id).status, 404);
  EXPECT_EQ(client_.post(live_, "/api/verify/" + id + "/resend", "").status, 404);
  const std::string other = seed_key(pg(), seed_account(pg()), KeyKind::kTest);
  refused(client_.get(other, "/api/verify/" + id), 404, R"("Verification not found")");
  refused(client_.post(other, "/api/verify/" + id + "/cancel", ""), 404,
          R"("Verification not found")");
  refused(
      client_.post(other, "/api/verify/check", R"({"code":"1","verification_id":")" + id + "\"}"),
      404, R"("Verification not found")");
}

TEST_F(VerifyTest, NumbersHaveLimits) {
  for (int i = 0; i < 5; ++i) started();
  const HttpAnswer sixth = start();
  refused(sixth, 429, R"({"code":"rate_limited","message":"Too many codes for this number."})");
  const int wait_s = std::stoi(sixth.headers.at("retry-after"));
  EXPECT_TRUE(wait_s >= 1 && wait_s <= 600) << wait_s;
  started("+254712345671");  // another number
  EXPECT_EQ(number_of(pg(), "select count(*) from messages where account_id = " + account()), 6);
}

TEST_F(VerifyTest, NeighboursLookLikePumping) {
  for (int i = 0; i < 6; ++i) started("+25471234567" + std::to_string(i));
  refused(start("+254712345676"), 429,
          R"({"code":"rate_limited","message":"Too many neighbouring numbers."})");
  started("+254712345675");  // one of them again is no new neighbour
  started("+254799345676");  // far away
}

TEST_F(VerifyTest, ASuddenDestinationIsCappedUntilItIsKnown) {
  const auto number = [](int i) { return "+2547123" + std::to_string(i) + "5678"; };
  for (int i = 0; i < 8; ++i) started(number(i));
  const std::string capped =
      R"({"code":"rate_limited","message":"The limit of codes per hour to KE is reached."})";
  refused(start(number(8)), 429, capped);
  started("+256700000111");  // another country has its own cap
  // Three days ago there were many: it is known.
  sql_of_test(pg(), "insert into verify_counters values (" + account() +
                        ", 1, 5, 'KE', date_trunc('day', now(), 'UTC') - interval '3 days', 20)");
  started(number(8));
  EXPECT_EQ(client_
                .send("PUT", "/api/verify/countries", {{"Authorization", "Bearer " + live_}},
                      R"({"countries":[{"country":"KE","per_hour":9}]})")
                .status,
            200);
  refused(start(number(9)), 429, capped);
}

TEST_F(VerifyTest, AnAccountNamesItsCountries) {
  const HttpClient::Headers admin{{"Authorization", "Bearer " + live_}};
  const auto put = [&](const std::string& body) {
    return client_.send("PUT", "/api/verify/countries", admin, body);
  };
  EXPECT_EQ(get("/countries").body, R"({"countries":[]})");
  EXPECT_EQ(put(R"({"countries":[{"country":"UG","per_hour":5},{"country":"TZ"}]})").body,
            R"({"countries":[{"country":"TZ","per_hour":null},{"country":"UG","per_hour":5}]})");
  refused(start(), 400,
          R"({"code":"invalid_recipient_country","message":"This account sends no codes to KE; )"
          R"(see /verify/countries."})");
  started("+256700000111");
  for (const char* bad :
       {R"({"countries":["KE"]})", R"({"countries":[{"country":"Kenya"}]})",
        R"({"countries":[{"country":"KE","per_hour":0}]})", "{}", R"({"countries":{}})"}) {
    EXPECT_EQ(put(bad).status, 422) << bad;
  }
  EXPECT_EQ(put("[").status, 400);
  EXPECT_EQ(field(get("/countries").body, "country"), "TZ");
  // A key without scope admin.
  EXPECT_EQ(client_
                .send("PUT", "/api/verify/countries", {{"Authorization", "Bearer " + key_}},
                      R"({"countries":[]})")
                .status,
            403);
  EXPECT_EQ(put(R"({"countries":[]})").body, R"({"countries":[]})");
  started();
}

TEST_F(VerifyTest, AppsCarryTheirDefaults) {
  const HttpAnswer made = post("/apps", R"({"name":"Kijani","code_length":4,"expiry_seconds":120,)"
                                        R"("template":"{{app}}: {{ code }}"})");
  ASSERT_EQ(made.status, 200) << made.body;
  const std::string id = field(made.body, "id");
  EXPECT_EQ(id.find("vapp_"), 0u);
  EXPECT_EQ(get("/apps/" + id).body, made.body);
  EXPECT_EQ(get("/apps").body, R"({"apps":[)" + made.body + R"(],"total":1})");
  const std::string body = started(kPhone, R"(,"app_id":")" + id + "\"");
  EXPECT_EQ(field(body, "sandbox_code").size(), 4u);
  EXPECT_EQ(number_of(pg(), "select count(*) from messages where account_id = " + account() +
                                " and shown_body = 'Kijani: ****'"),
            1);
  EXPECT_EQ(field(get("/apps/" + id + "/stats").body, "started"), "1");
  check(field(body, "verification_id"), field(body, "sandbox_code"));
  EXPECT_EQ(get("/apps/" + id + "/stats?days=7").body,
            R"({"app_id":")" + id +
                R"(","days":7,"started":1,"pending":0,"approved":1,"failed":0,"expired":0,)"
                R"("canceled":0,"codes_sent":1,"approval_rate":100.0})");
  // PATCH replaces everything.
  const std::string path = "/api/verify/apps/" + id;
  const HttpClient::Headers headers{{"Authorization", "Bearer " + live_}};
  const HttpAnswer patched = client_.send("PATCH", path, headers, R"({"name":"Kijani 2"})");
  EXPECT_EQ(field(patched.body, "code_length"), "6");
  EXPECT_EQ(field(patched.body, "template"), "null");
  EXPECT_EQ(client_.send("PATCH", path, headers, R"({"code_length":5})").status, 422);
  EXPECT_EQ(
      client_.send("PATCH", path, {{"Authorization", "Bearer " + key_}}, R"({"name":"x"})").status,
      403)
      << "of a test key";
  const std::string other = seed_key(pg(), seed_account(pg()));
  EXPECT_EQ(client_.get(other, path).status, 404);
  EXPECT_EQ(client_.send("DELETE", path, {{"Authorization", "Bearer " + other}}).status, 404);
  const HttpAnswer gone = client_.send("DELETE", path, headers);
  EXPECT_EQ(gone.status, 204);
  EXPECT_EQ(gone.body, "");
  EXPECT_EQ(client_.send("DELETE", path, headers).status, 404);
  refused(start(kPhone, R"(,"app_id":")" + id + "\""), 404, R"("Verify app not found")");
}

TEST_F(VerifyTest, ListsFilterAndPage) {
  const std::string app = field(post("/apps", R"({"name":"Shop"})").body, "id");
  const std::string first = field(started("+254712345670"), "verification_id");
  const std::string second =
      field(started("+254799345671", R"(,"app_id":")" + app + "\""), "verification_id");
  const std::string third = field(started("+256700000111"), "verification_id");
  post("/" + first + "/cancel", "");
  const auto ids = [&](const std::string& query) {
    const HttpAnswer answer = get(query);
    EXPECT_EQ(answer.status, 200) << answer.body;
    std::vector<std::string> found;
    for (size_t at = 0; (at = answer.body.find("ver-", at)) != std::string::npos; at += 40) {
      found.push_back(answer.body.substr(at, 40));
    }
    return found;
  };
  using Ids = std::vector<std::string>;
  EXPECT_EQ(ids(""), (Ids{third, second, first}));
  EXPECT_EQ(ids("?limit=1&page=1"), (Ids{second}));
  EXPECT_EQ(ids("?limit=1&after=" + third), (Ids{second}));
  EXPECT_EQ(ids("?status=canceled"), (Ids{first}));
  EXPECT_EQ(ids("?status=pending"), (Ids{third, second}));
  EXPECT_EQ(ids("?status=expired"), (Ids{}));
  EXPECT_EQ(ids("?app_id=" + app), (Ids{second}));
  EXPECT_EQ(ids("?to=%2B256700000111&status=pending"), (Ids{third}));
  EXPECT_NE(get("?to=%2B256700000111").body.find(R"("total":1,"page":0,"limit":20})"),
            std::string::npos);
  later("1 hour");
  EXPECT_EQ(ids("?status=expired"), (Ids{third, second}));
  for (const char* bad : {"?status=open", "?to=07", "?after=x", "?limit=0", "?page=-1"}) {
    EXPECT_EQ(get(bad).status, 422) << bad;
  }
}

TEST_F(VerifyTest, AKeyMakesOneStartAResendOneCode) {
  const HttpClient::Headers key{{"Idempotency-Key", "start-1"}};
  const std::string body = R"({"to":"+254712345678"})";
  std::vector<HttpAnswer> answers(100);
  std::vector<std::thread> threads;
  for (HttpAnswer& answer : answers) {
    threads.emplace_back(
        [&] { answer = service().client().post(key_, "/api/verify/start", body, key); });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> bodies;
  for (const HttpAnswer& answer : answers) {
    EXPECT_EQ(answer.status, 200) << answer.body;
    bodies.insert(answer.body);
  }
  EXPECT_EQ(bodies.size(), 1u);
  EXPECT_EQ(number_of(pg(), "select count(*) from messages where account_id = " + account()), 1);
  EXPECT_EQ(number_of(pg(), "select count(*) from verifications where account_id = " + account()),
            1);
  EXPECT_EQ(post("/start", body, key).headers.at("idempotency-replayed"), "true");
  refused(post("/start", R"({"to":"+256700000111"})", key), 422,
          R"({"code":"idempotency_key_reused")");

  const std::string id = field(answers[0].body, "verification_id");
  const std::string code = field(answers[0].body, "sandbox_code");
  const HttpClient::Headers check_key{{"Idempotency-Key", "check-1"}};
  const std::string attempt = R"({"verification_id":")" + id + R"(","code":")" + code + "\"}";
  const HttpAnswer approved = post("/check", attempt, check_key);
  EXPECT_EQ(field(approved.body, "status"), "approved");
  EXPECT_EQ(post("/check", attempt, check_key).body, approved.body);
  EXPECT_EQ(post("/check", attempt).status, 409);
  const HttpClient::Headers app_key{{"Idempotency-Key", "app-1"}};
  EXPECT_EQ(post("/apps", R"({"name":"A"})", app_key).body,
            post("/apps", R"({"name":"A"})", app_key).body);
  EXPECT_EQ(post("/apps", R"({"name":"B"})", app_key).status, 422);
}

TEST_F(VerifyTest, WhatIsWrongIsNamedAndChangesNothing) {
  const auto wrong = [&](const char* path, const char* body, int status, const char* detail) {
    refused(post(path, body), status, detail);
  };
  wrong("/start", "{}", 422,
        R"([{"loc":["body","to"],"msg":"field required","type":"value_error.missing"}])");
  wrong("/start", R"({"to":"0712345678"})", 400, R"({"code":"invalid_phone")");
  wrong("/start", R"({"to":"+33612345678"})", 400, R"({"code":"no_route")");
  wrong("/start", R"({"to":"+254712345678","code_length":3})", 422,
        R"([{"loc":["body","code_length"],"msg":"ensure this value is between 4 and 10")");
  wrong("/start", R"({"to":"+254712345678","code_length":"6"})", 422,
        R"([{"loc":["body","code_length"],"msg":"value is not a valid integer")");
  wrong("/start", R"({"to":"+254712345678","expiry_seconds":86401})", 422,
        R"([{"loc":["body","expiry_seconds"])");
  wrong("/start", R"({"to":"+254712345678","template":"Hello"})", 422,
        R"([{"loc":["body","template"],"msg":"the text must contain {{code}}")");
  wrong("/start", R"({"to":"+254712345678","sender_id":"Bad-Name"})", 422,
        R"([{"loc":["body","sender_id"])");
  wrong("/start", R"({"to":"+254712345678","sender_id":"Kijani"})", 403, R"("Sender ID 'Kijani')");
  wrong("/start", R"({"to":"+254712345678","app_id":"vapp_1"})", 404, R"("Verify app not found")");
  wrong("/start", "{", 400, R"({"code":"invalid_json")");
  wrong("/check", R"({"verification_id":"x"})", 422, R"([{"loc":["body","code"])");
  wrong("/check", R"({"code":"1"})", 422, R"([{"loc":["body","verification_id"])");
  wrong("/check", R"({"code":"1","to":"+254712345678","verification_id":"x"})", 422,
        R"([{"loc":["body","verification_id"])");
  wrong("/check", R"({"code":"","to":"+254712345678"})", 422, R"([{"loc":["body","code"])");
  wrong("/check", R"({"code":1,"to":"+254712345678"})", 422, R"([{"loc":["body","code"])");
  wrong("/check", R"({"code":"1","verification_id":"no such"})", 404,
        R"("Verification not found")");
  wrong("/apps", R"({"name":""})", 422, R"([{"loc":["body","name"])");
  wrong("/ver-x/resend", "", 404, R"("Verification not found")");
  EXPECT_EQ(get("/no%20such%2Fid").status, 404);
  EXPECT_EQ(get("/apps/vapp_1/stats?days=91").status, 422);
  EXPECT_EQ(client_.send("GET", "/api/verify").status, 401);
  const std::string reader = seed_key(pg(), account_, KeyKind::kTest, "{query}");
  EXPECT_EQ(client_.post(reader, "/api/verify/start", R"({"to":"+254712345678"})").status, 403);
  EXPECT_EQ(client_.get(reader, "/api/verify").status, 200);
  EXPECT_EQ(number_of(pg(), "select count(*) from messages where account_id = " + account()), 0);
  EXPECT_EQ(number_of(pg(), "select count(*) from verifications where account_id = " + account()),
            0);
}

TEST_F(VerifyTest, ThePoorStartNothing) {
  const int64_t poor = seed_account(pg(), {.live_micros = 0, .test_micros = 1'000'000});
  const std::string key = seed_key(pg(), poor, KeyKind::kTest);
  const std::string body = R"({"to":"+254712345678"})";
  const HttpAnswer answer = client_.post(key, "/api/verify/start", body);
  refused(answer, 422,
          R"({"code":"insufficient_balance","message":"Balance KES 1.00 < estimated )"
          R"(cost KES 1.20")");
  EXPECT_EQ(client_.post(key, "/v1/verify/start", body).status, 402);
  EXPECT_EQ(number_of(pg(), "select count(*) from verifications where account_id = " +
                                std::to_string(poor)),
            0);
  EXPECT_EQ(number_of(pg(), "select count(*) from verify_counters where account_id = " +
                                std::to_string(poor)),
            0);
}

TEST_F(VerifyTest, CodesAreNowhereInTheDatabase) {
  const std::string body = started(kPhone, R"(,"code_length":10)");
  const std::string code = field(body, "sandbox_code");
  EXPECT_TRUE(wait_until([&] {
    return number_of(pg(), "select count(*) from messages where body like '%" + code + "%'") == 0;
  }));
  EXPECT_EQ(number_of(pg(), "select count(*) from verifications v where v::text like '%" + code +
                                "%' or code_hash = sha256('" + code +
                                "') or code_hash = sha256(salt || '" + code + "'::bytea)"),
            0);
}

}  // namespace verify_test
}  // namespace dundun
