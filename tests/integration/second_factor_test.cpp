// The second factor of a login, with codes of an app that knows nothing of ours; through nginx.
#include <gtest/gtest.h>

#include <thread>

#include "common/io/crypto.h"
#include "common/io/json.h"
#include "tests/support/authenticator.h"
#include "tests/support/browser.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/suite_service.h"
#include "tests/support/text.h"

namespace dundun {
namespace second_factor_test {

const HttpClient::Headers kFromPage{{"Content-Type", "application/json"},
                                    {"Sec-Fetch-Site", "same-origin"}};

std::string field(const std::string& body, const std::string& name) {
  const std::string mark = "\"" + name + "\":\"";
  const size_t begin = body.find(mark);
  if (begin == std::string::npos) return "";
  return body.substr(begin + mark.size(),
                     body.find('"', begin + mark.size()) - begin - mark.size());
}

class SecondFactorTest : public testing::Test {
 protected:
  SecondFactorTest() : email_(new_email()), user_(seed_user(pg(), account_, email_)) {
    sql_of_test(pg(), "delete from login_failures");
  }

  static Service& service() {
    static SuiteService shared(
        {.environment = {{"ADMIN_SECOND_FACTOR", "1"}, {"LOGIN_FAILURES_MAX", "5"}}});
    return shared.get();
  }
  static Pg& pg() { return service().pg(); }
  static std::string new_email() { return to_hex(random_bytes(6)) + "@example.com"; }
  int64_t count(const std::string& what) const {
    return number_of(pg(),
                     "select count(*) from " + what + " account_id = " + std::to_string(account_));
  }
  int64_t lines(const std::string& action) const {
    return count("audit_log where action = '" + action + "' and");
  }
  // Codes are used once; a test does not wait half a minute for the next one.
  void next_code() const {
    sql_of_test(pg(),
                "update second_factors set last_step = 0 where user_id = " + std::to_string(user_));
  }
  static std::string code_body(const std::string& code) { return R"({"code":")" + code + "\"}"; }

  // The second step of a login.
  static HttpAnswer show(const std::string& login_token, const std::string& code) {
    return service().client().send(
        "POST", "/api/auth/login/second-factor", kFromPage,
        R"({"login_token":")" + login_token + R"(","code":")" + code + "\"}");
  }
  std::string login_token(const std::string& email) const {
    Browser browser(service().client());
    const HttpAnswer half = browser.login(email, kTestPassword);
    EXPECT_EQ(half.status, 401) << half.body;
    EXPECT_TRUE(contains(half.body, "\"code\":\"second_factor_required\"")) << half.body;
    EXPECT_FALSE(half.headers.contains("set-cookie"));
    return field(half.body, "login_token");
  }
  // Somebody logged in who takes a second factor: keeps its secret and its codes on paper.
  Browser with_factor() {
    Browser browser(service().client());
    EXPECT_EQ(browser.login(email_, kTestPassword).status, 200);
    const HttpAnswer enrolled =
        browser.post("/api/auth/second-factor/enrol",
                     R"({"current_password":")" + std::string(kTestPassword) + "\"}");
    EXPECT_EQ(enrolled.status, 200) << enrolled.body;
    secret_ = field(enrolled.body, "secret");
    confirmed_with_ = authenticator_code(secret_);
    const HttpAnswer confirmed =
        browser.post("/api/auth/second-factor/confirm", code_body(confirmed_with_));
    EXPECT_EQ(confirmed.status, 200) << confirmed.body;
    const auto document = JsonDocument::parse(confirmed.body);
    for (const JsonValue& code : document->root().find("recovery_codes")->items()) {
      paper_.emplace_back(code.string());
    }
    EXPECT_EQ(paper_.size(), 10u);
    return browser;
  }

  int64_t account_ = seed_account(pg());
  std::string email_;
  int64_t user_;
  std::string secret_;
  std::string confirmed_with_;  // a code: a moment later another may be right
  std::vector<std::string> paper_;
};

TEST_F(SecondFactorTest, AfterEnrolmentThePasswordAloneOpensNothing) {
  Browser other(service().client());
  ASSERT_EQ(other.login(email_, kTestPassword).status, 200);
  Browser browser = with_factor();
  EXPECT_EQ(other.get("/api/auth/me").status, 401) << "opened without it, so it ended";
  EXPECT_EQ(browser.get("/api/auth/me").status, 200);
  const HttpAnswer state = browser.get("/api/auth/second-factor");
  EXPECT_TRUE(contains(state.body, R"("enabled":true,"required":false)")) << state.body;
  EXPECT_TRUE(contains(state.body, R"("recovery_codes_left":10)")) << state.body;

  const std::string token = login_token(email_);
  EXPECT_EQ(service()
                .client()
                .send("GET", "/api/auth/me", {{"Cookie", "esms_access_token=" + token}})
                .status,
            401)
      << "half a session opens nothing";
  next_code();
  const HttpAnswer opened = show(token, authenticator_code(secret_));
  EXPECT_EQ(opened.status, 200) << opened.body;
  EXPECT_TRUE(contains(opened.headers.at("set-cookie"), "esms_access_token="));
  EXPECT_FALSE(contains(opened.body, "recovery_codes"));
  next_code();
  EXPECT_EQ(show(token, authenticator_code(secret_)).status, 401) << "the token is used up";
  EXPECT_EQ(lines("second_factor.enabled"), 1);
  EXPECT_EQ(count("audit_log where action = 'session.opened' and detail like '%totp%' and"), 1);
}

TEST_F(SecondFactorTest, WrongReplayedAndLateCodesAreRefusedAndChangeNothing) {
  (void)with_factor();
  std::string token = login_token(email_);
  const auto refused = [&](const std::string& code, const char* why) {
    const int64_t sessions = count("sessions where");
    const HttpAnswer answer = show(token, code);
    EXPECT_EQ(answer.status, 401) << why << answer.body;
    EXPECT_TRUE(contains(answer.body, "\"code\":\"wrong_code\"")) << why << answer.body;
    EXPECT_EQ(count("sessions where"), sessions) << why;
  };
  refused(confirmed_with_, "the code that confirmed the enrolment");
  next_code();
  refused(authenticator_code(secret_, -300), "a clock five minutes late");
  refused(authenticator_code(secret_, 300), "a clock five minutes early");
  refused(paper_[0].substr(0, 18) + (paper_[0].back() == 'a' ? "b" : "a"), "wrong paper");
  sql_of_test(pg(), "delete from login_failures");
  const std::string code = authenticator_code(secret_);
  const HttpAnswer opened = show(token, code);
  EXPECT_EQ(opened.status, 200) << "and the token still holds: " << opened.body;
  token = login_token(email_);
  refused(code, "replayed");
}

TEST_F(SecondFactorTest, ACodeShownTwiceAtOnceOpensOnce) {
  (void)with_factor();
  next_code();
  const std::string first = login_token(email_), second = login_token(email_);
  const std::string code = authenticator_code(secret_);
  HttpAnswer one, two;
  std::thread thread([&] { one = show(first, code); });
  two = show(second, code);
  thread.join();
  EXPECT_EQ(std::min(one.status, two.status), 200) << one.body << two.body;
  EXPECT_EQ(std::max(one.status, two.status), 401) << one.body << two.body;
}

TEST_F(SecondFactorTest, ACodeOnPaperOpensOnce) {
  Browser browser = with_factor();
  EXPECT_EQ(show(login_token(email_), paper_[3]).status, 200);
  EXPECT_EQ(show(login_token(email_), paper_[3]).status, 401);
  EXPECT_TRUE(contains(browser.get("/api/auth/second-factor").body, R"("recovery_codes_left":9)"));
  EXPECT_EQ(
      count("audit_log where action = 'session.opened' and detail like '%recovery_code%' and"), 1);
  const HttpAnswer renewed =
      browser.post("/api/auth/second-factor/recovery-codes", code_body(paper_[4]));
  EXPECT_EQ(renewed.status, 200) << renewed.body;
  EXPECT_EQ(show(login_token(email_), paper_[5]).status, 401) << "of the paper before";
  EXPECT_EQ(number_of(pg(), "select count(*) from recovery_codes where code_hash::text like '%" +
                                paper_[5].substr(0, 4) + "%'"),
            0);
}

TEST_F(SecondFactorTest, GuessersWaitAndTheRightCodeThenOpens) {
  (void)with_factor();
  next_code();
  const std::string token = login_token(email_);
  int wrong = 0;
  HttpAnswer answer;
  for (; wrong < 10 && answer.status != 429; ++wrong) answer = show(token, "000000");
  EXPECT_EQ(answer.status, 429) << answer.body;
  EXPECT_LE(wrong, 6);
  EXPECT_GT(std::stoi(answer.headers.at("retry-after")), 0);
  EXPECT_EQ(show(token, authenticator_code(secret_)).status, 429) << "no code is looked at";
  sql_of_test(pg(), "delete from login_failures");
  EXPECT_EQ(show(token, authenticator_code(secret_)).status, 200);
}

TEST_F(SecondFactorTest, AnAdministratorEnrolsBeforeAnythingOpens) {
  const std::string email = new_email();
  user_ = seed_user(pg(), account_, email, "admin");
  Browser browser(service().client());
  const HttpAnswer half = browser.login(email, kTestPassword);
  EXPECT_EQ(half.status, 401);
  EXPECT_TRUE(contains(half.body, R"("enrolled":false)")) << half.body;
  const std::string token = field(half.body, "login_token");
  EXPECT_EQ(show(token, "123456").status, 409) << "nothing is enrolled";
  const HttpAnswer enrolled = service().client().send("POST", "/api/auth/login/enrol", kFromPage,
                                                      R"({"login_token":")" + token + "\"}");
  ASSERT_EQ(enrolled.status, 200) << enrolled.body;
  secret_ = field(enrolled.body, "secret");
  EXPECT_TRUE(contains(enrolled.body, "otpauth://totp/Dundun:")) << enrolled.body;
  const HttpAnswer opened = show(token, authenticator_code(secret_));
  ASSERT_EQ(opened.status, 200) << opened.body;
  EXPECT_TRUE(contains(opened.body, "recovery_codes")) << opened.body;
  // Now the password alone enrols nothing more.
  const std::string again = login_token(email);
  EXPECT_EQ(
      service()
          .client()
          .send("POST", "/api/auth/login/enrol", kFromPage, R"({"login_token":")" + again + "\"}")
          .status,
      409);
  EXPECT_EQ(service()
                .client()
                .send("POST", "/api/auth/login/enrol",
                      {{"Content-Type", "application/json"}, {"Sec-Fetch-Site", "cross-site"}},
                      R"({"login_token":")" + again + "\"}")
                .status,
            403);
}

TEST_F(SecondFactorTest, TheSecretNeverLeavesAgainAndIsSealed) {
  Browser browser = with_factor();
  for (const char* path : {"/api/auth/second-factor", "/api/auth/me", "/api/workspace/users",
                           "/api/audit-log", "/api/auth/sessions"}) {
    EXPECT_FALSE(contains(browser.get(path).body, secret_)) << path;
  }
  EXPECT_EQ(number_of(pg(),
                      "select count(*) from second_factors where length(secret) > 40 and "
                      "user_id = " +
                          std::to_string(user_)),
            1);
  EXPECT_TRUE(contains(browser.get("/api/workspace/users").body, R"("second_factor":true)"));
}

TEST_F(SecondFactorTest, WhatIsDangerousWantsItShownAgain) {
  Browser browser = with_factor();
  const auto key = [&] {
    return browser.post("/api/api-keys",
                        R"({"name":"till","environment":"test","scopes":["query"]})");
  };
  EXPECT_EQ(key().status, 200) << "it was just shown";
  sql_of_test(pg(),
              "update sessions set second_factor_at = now() - interval '601 seconds' where "
              "user_id = " +
                  std::to_string(user_));
  const HttpAnswer stale = key();
  EXPECT_EQ(stale.status, 403);
  EXPECT_TRUE(contains(stale.body, "\"code\":\"second_factor_stale\"")) << stale.body;
  EXPECT_EQ(browser.get("/api/balance").status, 200) << "the rest goes on";
  EXPECT_EQ(browser.post("/api/auth/second-factor", code_body("000000")).status, 401);
  EXPECT_EQ(key().status, 403);
  next_code();
  const HttpAnswer shown =
      browser.post("/api/auth/second-factor", code_body(authenticator_code(secret_)));
  EXPECT_EQ(shown.status, 200) << shown.body;
  EXPECT_EQ(key().status, 200);
}

TEST_F(SecondFactorTest, WhoDoesWithoutOneIsAskedForNone) {
  Browser browser = with_factor();
  EXPECT_EQ(browser.post("/api/auth/second-factor/remove", code_body(paper_[0])).status, 204);
  sql_of_test(pg(), "update sessions set second_factor_at = second_factor_at - interval '1 day'");
  EXPECT_EQ(
      browser.post("/api/api-keys", R"({"name":"till","environment":"test","scopes":["query"]})")
          .status,
      200);
  EXPECT_EQ(Browser(service().client()).login(email_, kTestPassword).status, 200);
  EXPECT_EQ(lines("second_factor.removed"), 1);
}

TEST_F(SecondFactorTest, AnAdministratorResetsAnothersAndNotHisOwn) {
  const std::string admin_email = new_email();
  const int64_t admin_id = seed_user(pg(), account_, admin_email, "admin");
  Browser person = with_factor();
  const std::string path = "/api/admin/accounts/" + std::to_string(account_) + "/users/";
  const std::string token =
      field(Browser(service().client()).login(admin_email, kTestPassword).body, "login_token");
  const HttpAnswer enrolled = service().client().send("POST", "/api/auth/login/enrol", kFromPage,
                                                      R"({"login_token":")" + token + "\"}");
  const std::string secret = field(enrolled.body, "secret");
  const HttpAnswer opened = show(token, authenticator_code(secret));
  ASSERT_EQ(opened.status, 200);
  Browser admin(service().client());
  admin.take(opened);
  EXPECT_EQ(admin.send("DELETE", path + std::to_string(admin_id) + "/second-factor").status, 409);
  EXPECT_EQ(admin.post("/api/auth/second-factor/remove", code_body(authenticator_code(secret, 30)))
                .status,
            409)
      << "an administrator needs one";
  EXPECT_EQ(admin.send("DELETE", path + std::to_string(user_) + "/second-factor").status, 204);
  EXPECT_EQ(admin.send("DELETE", path + std::to_string(user_) + "/second-factor").status, 404);
  EXPECT_EQ(lines("second_factor.reset"), 1);
  EXPECT_EQ(person.get("/api/auth/me").status, 401);
  EXPECT_EQ(person.login(email_, kTestPassword).status, 200) << "by the password again";
  EXPECT_EQ(count("recovery_codes where user_id = " + std::to_string(user_) + " and"), 0);
}

TEST_F(SecondFactorTest, AnAccountsRuleHoldsForItsPeople) {
  const std::string other = new_email();
  seed_user(pg(), account_, other, "viewer");
  Browser viewer(service().client()), owner(service().client());
  ASSERT_EQ(viewer.login(other, kTestPassword).status, 200);
  ASSERT_EQ(owner.login(email_, kTestPassword).status, 200);
  const std::string rule = R"({"required":true})";
  EXPECT_EQ(owner.send("PUT", "/api/workspace/second-factor", rule).status, 409) << "has none";
  EXPECT_EQ(viewer.send("PUT", "/api/workspace/second-factor", rule).status, 403);
  Browser strong = with_factor();
  const HttpAnswer set = strong.send("PUT", "/api/workspace/second-factor", rule);
  EXPECT_EQ(set.status, 200) << set.body;
  EXPECT_TRUE(contains(set.body, R"("ended_sessions":1)")) << set.body;
  EXPECT_EQ(viewer.get("/api/auth/me").status, 401);
  EXPECT_NE(login_token(other), "");
  next_code();
  EXPECT_EQ(
      strong.post("/api/auth/second-factor/remove", code_body(authenticator_code(secret_))).status,
      409);
  EXPECT_TRUE(contains(strong.get("/api/workspace").body, R"("second_factor_required":true)"));
  EXPECT_EQ(lines("workspace.second_factor"), 1);
}

TEST_F(SecondFactorTest, AnotherPhoneNeedsACodeOfTheOneBefore) {
  Browser browser = with_factor();
  const std::string password = R"({"current_password":")" + std::string(kTestPassword) + "\"";
  EXPECT_EQ(browser.post("/api/auth/second-factor/enrol", password + "}").status, 422);
  EXPECT_EQ(browser
                .post("/api/auth/second-factor/enrol",
                      R"({"current_password":"wrong one","code":"000000"})")
                .status,
            401);
  const HttpAnswer next =
      browser.post("/api/auth/second-factor/enrol", password + R"(,"code":")" + paper_[0] + "\"}");
  ASSERT_EQ(next.status, 200) << next.body;
  const std::string fresh = field(next.body, "secret");
  next_code();
  EXPECT_EQ(show(login_token(email_), authenticator_code(fresh)).status, 401) << "not yet";
  EXPECT_EQ(
      browser.post("/api/auth/second-factor/confirm", code_body(authenticator_code(fresh))).status,
      200);
  EXPECT_EQ(show(login_token(email_), authenticator_code(fresh, 30)).status, 200);
  EXPECT_EQ(show(login_token(email_), authenticator_code(secret_)).status, 401) << "no more";
  EXPECT_EQ(show(login_token(email_), paper_[1]).status, 401) << "nor its paper";
}

TEST_F(SecondFactorTest, HalfASessionEndsByTimeAndByAnotherPassword) {
  (void)with_factor();
  next_code();
  const std::string late = login_token(email_);
  sql_of_test(pg(),
              "update half_sessions set ends_at = now() where user_id = " + std::to_string(user_));
  EXPECT_EQ(show(late, authenticator_code(secret_)).status, 401);
  const std::string stolen = login_token(email_);
  Browser owner(service().client());
  const std::string boss = new_email();
  seed_user(pg(), account_, boss);
  ASSERT_EQ(owner.login(boss, kTestPassword).status, 200);
  EXPECT_EQ(owner
                .send("PUT", "/api/workspace/users/" + std::to_string(user_),
                      R"({"password":"another battery for horses"})")
                .status,
            200);
  const HttpAnswer refused = show(stolen, authenticator_code(secret_));
  EXPECT_EQ(refused.status, 401);
  EXPECT_TRUE(contains(refused.body, "expired_token")) << refused.body;
}

}  // namespace second_factor_test
}  // namespace dundun
