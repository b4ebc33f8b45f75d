// Passkeys, of an authenticator that knows nothing of ours (tests/support/passkey.py); through
// nginx.
#include <gtest/gtest.h>

#include <thread>

#include "common/io/crypto.h"
#include "common/io/json.h"
#include "tests/support/authenticator.h"
#include "tests/support/browser.h"
#include "tests/support/passkey.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/suite_service.h"
#include "tests/support/text.h"

namespace dundun {
namespace passkey_login_test {

constexpr const char* kPortal = "https://portal.example";
constexpr int kAsksMax = 12, kPasskeysMax = 3;
const HttpClient::Headers kFromPage{{"Content-Type", "application/json"},
                                    {"Sec-Fetch-Site", "same-origin"}};

std::string member(const std::string& body, const char* name) {
  const auto document = JsonDocument::parse(body);
  const auto detail = document->root().find("detail");
  auto value = document->root().find(name);
  if (!value && detail && detail->is_object()) value = detail->find(name);
  if (!value) return "";
  return value->is_string() ? std::string(value->string()) : to_json(*value);
}

class PasskeyLoginTest : public testing::Test {
 protected:
  PasskeyLoginTest() : email_(new_email()), user_(seed_user(pg(), account_, email_)) {
    sql_of_test(pg(), "delete from login_failures");
  }

  static Service& service() {
    static SuiteService shared({.environment = {{"ADMIN_SECOND_FACTOR", "1"},
                                                {"PORTAL_URL", kPortal},
                                                {"PASSKEYS_MAX", std::to_string(kPasskeysMax)},
                                                {"PASSKEY_ASKS_MAX", std::to_string(kAsksMax)}}});
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
  int64_t passkeys() const { return count("passkeys where"); }

  static std::string password_body() {
    return R"({"current_password":")" + std::string(kTestPassword) + "\"}";
  }
  static std::string made_body(const std::string& credential, const std::string& name = "Phone") {
    return R"({"name":")" + name + R"(","credential":)" + credential + "}";
  }
  static std::string shown_body(const std::string& credential, const std::string& token = "") {
    const std::string half = token.empty() ? "" : R"("login_token":")" + token + "\",";
    return "{" + half + R"("credential":)" + credential + "}";
  }
  static std::string token_body(const std::string& token) {
    return R"({"login_token":")" + token + "\"}";
  }
  // Without a session.
  static HttpAnswer ask(const std::string& path, const std::string& body) {
    return service().client().send("POST", "/api/auth/login" + path, kFromPage, body);
  }
  Browser logged_in(const std::string& email) const {
    Browser browser(service().client());
    EXPECT_EQ(browser.login(email, kTestPassword).status, 200);
    return browser;
  }
  static HttpAnswer make(Browser& browser, const SoftPasskey& passkey,
                         const std::string& tweaks = "{}") {
    const HttpAnswer options = browser.post("/api/auth/passkeys/options", password_body());
    EXPECT_EQ(options.status, 200) << options.body;
    return browser.post("/api/auth/passkeys", made_body(passkey.credential(options.body, tweaks)));
  }
  // The token of somebody who has shown the right password.
  static std::string half(const std::string& email) {
    const HttpAnswer answer = Browser(service().client()).login(email, kTestPassword);
    EXPECT_EQ(answer.status, 401) << answer.body;
    return member(answer.body, "login_token");
  }
  static HttpAnswer show(const SoftPasskey& passkey, const std::string& token = "",
                         const std::string& tweaks = "{}") {
    const HttpAnswer options = ask("/passkey/options", token.empty() ? "{}" : token_body(token));
    EXPECT_EQ(options.status, 200) << options.body;
    return ask("/passkey", shown_body(passkey.credential(options.body, tweaks), token));
  }

  int64_t account_ = seed_account(pg());
  std::string email_;
  int64_t user_;
};

TEST_F(PasskeyLoginTest, EachAlgorithmIsASecondStepAndOneAlone) {
  for (const char* alg : {"-7", "-8", "-257"}) {
    const std::string email = new_email();
    seed_user(pg(), account_, email);
    Browser browser = logged_in(email), other = logged_in(email);
    const SoftPasskey passkey(kPortal);
    const HttpAnswer made = make(browser, passkey, R"({"alg":)" + std::string(alg) + "}");
    ASSERT_EQ(made.status, 201) << alg << made.body;
    EXPECT_EQ(JsonDocument::parse(made.body)->root().find("recovery_codes")->items().size(), 10u);
    EXPECT_EQ(other.get("/api/auth/me").status, 401) << "opened without it, so it ended";
    EXPECT_EQ(browser.get("/api/auth/me").status, 200);
    const HttpAnswer second = show(passkey, half(email));
    EXPECT_EQ(second.status, 200) << alg << second.body;
    const HttpAnswer alone = show(passkey);
    EXPECT_EQ(alone.status, 200) << alg << alone.body;
    Browser opened(service().client());
    opened.take(alone);
    EXPECT_EQ(opened.get("/api/auth/me").status, 200);
    EXPECT_FALSE(contains(alone.body, "recovery_codes"));
  }
  EXPECT_EQ(lines("passkey.added"), 3);
  EXPECT_EQ(count("audit_log where action = 'session.opened' and detail like '%\"passkey\"%' and"),
            3);
  EXPECT_EQ(count("audit_log where detail like '%passkey_alone%' and"), 3);
}

TEST_F(PasskeyLoginTest, WhatHalfASessionSaysAndItsTokenOpensOnce) {
  Browser browser = logged_in(email_);
  const SoftPasskey passkey(kPortal);
  ASSERT_EQ(make(browser, passkey).status, 201);
  const HttpAnswer due = Browser(service().client()).login(email_, kTestPassword);
  EXPECT_TRUE(contains(due.body, R"("enrolled":true,"app":false,"passkey":true)")) << due.body;
  const std::string token = member(due.body, "login_token");
  EXPECT_EQ(show(passkey, token).status, 200);
  EXPECT_EQ(ask("/passkey/options", token_body(token)).status, 401) << "the token is used up";
  EXPECT_EQ(
      ask("/second-factor", R"({"code":"123456",)" + token_body(half(email_)).substr(1)).status,
      401)
      << "there is no app whose code it could be";
  const HttpAnswer state = browser.get("/api/auth/second-factor");
  EXPECT_TRUE(contains(state.body, R"("enabled":true,"required":false,"app":false,"passkeys":1)"))
      << state.body;
}

// What is refused names the field and changes nothing.
struct Refusal {
  const char* tweaks;
  int status;
  const char* says;
};

TEST_F(PasskeyLoginTest, WhatIsNotAPasskeyOfOursIsNotKept) {
  Browser browser = logged_in(email_);
  const std::string huge = "5b7fffffffffffffff" + std::string(70'000, '0');
  const std::string long_one = R"({"attestation":")" + huge + "\"}";
  const Refusal refusals[] = {
      {R"({"origin":"https://evil.example"})", 422, "clientDataJSON: origin"},
      {R"({"origin":"https://portal.example.evil.example"})", 422, "clientDataJSON: origin"},
      {R"({"type":"webauthn.get"})", 422, "clientDataJSON: type"},
      {R"({"cross_origin":true})", 422, "clientDataJSON: crossOrigin"},
      {R"({"challenge":"AMMPt4UxxGTStncdq417YDwBFi8vpIa-pw8oOuVW4TA"})", 422, "challenge: used"},
      {R"({"cut":{"clientDataJSON":40}})", 422, "clientDataJSON: no JSON"},
      {R"({"rp_id":"evil.example"})", 422, "attestationObject: rpIdHash"},
      {R"({"up":false})", 422, "attestationObject: flags"},
      {R"({"backup":"torn"})", 422, "attestationObject: flags"},
      {R"({"alg":-36})", 422, "attestationObject: credentialPublicKey: alg"},
      {R"({"cut":{"attestationObject":100}})", 422, "attestationObject: CBOR is truncated"},
      {R"({"attestation":"9b7fffffffffffffff"})", 422, "attestationObject: CBOR has too many"},
      {R"({"attestation":"818181818181818181818101"})", 422, "attestationObject: CBOR is too deep"},
      {long_one.c_str(), 422, "attestationObject: longer than 32768 bytes"},
      {R"({"id":"AAAA"})", 422, "credential.id"},
      {R"({"id":"no+base64url"})", 422, "credential.id: no base64url"}};
  for (const Refusal& refusal : refusals) {
    const HttpAnswer answer = make(browser, SoftPasskey(kPortal), refusal.tweaks);
    EXPECT_EQ(answer.status, refusal.status) << refusal.says << answer.body;
    EXPECT_TRUE(contains(answer.body, refusal.says)) << refusal.says << answer.body;
  }
  EXPECT_EQ(passkeys(), 0);
  EXPECT_EQ(lines("passkey.added"), 0);
  EXPECT_EQ(count("recovery_codes where"), 0);
  EXPECT_EQ(browser.post("/api/auth/passkeys", R"({"name":"x"})").status, 422);
  EXPECT_EQ(make(browser, SoftPasskey(kPortal), R"({"format":"packed"})").status, 201)
      << "the statement is not looked at";
}

TEST_F(PasskeyLoginTest, WhatIsNotSignedForThisLoginOpensNothing) {
  Browser browser = logged_in(email_);
  const SoftPasskey passkey(kPortal);
  ASSERT_EQ(make(browser, passkey).status, 201);
  const Refusal refusals[] = {
      {R"({"origin":"https://evil.example"})", 422, "clientDataJSON: origin"},
      {R"({"type":"webauthn.create"})", 422, "clientDataJSON: type"},
      {R"({"rp_id":"evil.example"})", 401, "wrong_passkey"},
      {R"({"up":false})", 422, "authenticatorData: flags"},
      {R"({"uv":false})", 422, "did not verify its owner"},
      {R"({"flip":"signature"})", 401, "wrong_passkey"},
      {R"({"flip":"authenticatorData"})", 401, "wrong_passkey"},
      {R"({"cut":{"signature":0}})", 401, "wrong_passkey"},
      {R"({"cut":{"authenticatorData":36}})", 422,
       "authenticatorData: authenticator data is trunc"},
      {R"({"backup":"eligible"})", 401, "wrong_passkey"},
      {R"({"user_handle":"AAAA"})", 401, "wrong_passkey"},
      {R"({"user_handle":""})", 401, "wrong_passkey"},
      {R"({"id":"AAAA"})", 401, "wrong_passkey"}};
  const int64_t sessions = count("sessions where");
  for (const Refusal& refusal : refusals) {
    sql_of_test(pg(), "delete from login_failures");
    const HttpAnswer answer = show(passkey, "", refusal.tweaks);
    if (std::string_view(refusal.tweaks).find("rp_id") != std::string_view::npos) {
      EXPECT_TRUE(contains(answer.body, "authenticatorData: rpIdHash")) << answer.body;
      continue;
    }
    EXPECT_EQ(answer.status, refusal.status) << refusal.tweaks << answer.body;
    EXPECT_TRUE(contains(answer.body, refusal.says)) << refusal.tweaks << answer.body;
    EXPECT_FALSE(answer.headers.contains("set-cookie"));
  }
  EXPECT_EQ(count("sessions where"), sessions);
  sql_of_test(pg(), "delete from login_failures");
  EXPECT_EQ(show(passkey, half(email_), R"({"uv":false,"user_handle":""})").status, 200)
      << "after the password a touch is enough";
}

TEST_F(PasskeyLoginTest, ACounterThatGoesBackIsRefusedAndWrittenDown) {
  Browser browser = logged_in(email_);
  const SoftPasskey passkey(kPortal);
  ASSERT_EQ(make(browser, passkey).status, 201);
  EXPECT_EQ(show(passkey, "", R"({"counter":9})").status, 200);
  for (const char* tweaks : {R"({"counter":9})", R"({"counter":8})", R"({"counter":0})"}) {
    const HttpAnswer answer = show(passkey, "", tweaks);
    EXPECT_EQ(answer.status, 401) << answer.body;
    EXPECT_TRUE(contains(answer.body, "signCount")) << answer.body;
    EXPECT_TRUE(contains(answer.body, "\"code\":\"wrong_passkey\"")) << answer.body;
  }
  const std::string token = half(email_);
  EXPECT_EQ(show(passkey, token, R"({"counter":9})").status, 401);
  EXPECT_EQ(lines("passkey.counter_back"), 4);
  EXPECT_EQ(show(passkey, token, R"({"counter":10})").status, 200) << "the token still holds";
  const SoftPasskey counts_nothing(kPortal);
  EXPECT_EQ(make(browser, counts_nothing, R"({"counter":0})").status, 201);
  EXPECT_EQ(show(counts_nothing, "", R"({"counter":0})").status, 200);
  EXPECT_EQ(show(counts_nothing, "", R"({"counter":0})").status, 200);
}

TEST_F(PasskeyLoginTest, AChallengeIsAnsweredOnceInTimeAndWhereItWasMade) {
  Browser browser = logged_in(email_);
  const SoftPasskey passkey(kPortal);
  ASSERT_EQ(make(browser, passkey).status, 201);
  const auto refused = [](const HttpAnswer& answer) {
    EXPECT_EQ(answer.status, 422) << answer.body;
    EXPECT_TRUE(contains(answer.body, "challenge: used, too old, or for something else"))
        << answer.body;
  };
  const HttpAnswer options = ask("/passkey/options", "{}");
  const std::string wrong = passkey.credential(options.body, R"({"flip":"signature"})");
  EXPECT_EQ(ask("/passkey", shown_body(wrong)).status, 401);
  refused(ask("/passkey", shown_body(passkey.credential(options.body))));
  const std::string good = passkey.credential(ask("/passkey/options", "{}").body);
  EXPECT_EQ(ask("/passkey", shown_body(good)).status, 200);
  refused(ask("/passkey", shown_body(good)));
  refused(ask("/passkey",
              shown_body(passkey.credential(ask("/passkey/options", "{}").body), half(email_))));
  const std::string one = half(email_), another = half(email_);
  const std::string of_one = ask("/passkey/options", token_body(one)).body;
  refused(ask("/passkey", shown_body(passkey.credential(of_one), another)));
  refused(ask("/passkey", shown_body(passkey.credential(of_one))));
  const std::string late = ask("/passkey/options", "{}").body;
  sql_of_test(pg(), "update passkey_challenges set ends_at = now()");
  refused(ask("/passkey", shown_body(passkey.credential(late))));
  const HttpAnswer making = browser.post("/api/auth/passkeys/options", password_body());
  Browser elsewhere(service().client());
  elsewhere.take(show(passkey));
  const SoftPasskey fresh(kPortal);
  refused(elsewhere.post("/api/auth/passkeys", made_body(fresh.credential(making.body))));
  EXPECT_EQ(passkeys(), 1);
}

TEST_F(PasskeyLoginTest, OneShownTwiceAtOnceOpensOnce) {
  Browser browser = logged_in(email_);
  const SoftPasskey passkey(kPortal);
  ASSERT_EQ(make(browser, passkey).status, 201);
  const std::string body = shown_body(passkey.credential(ask("/passkey/options", "{}").body));
  HttpAnswer one, two;
  std::thread thread([&] { one = ask("/passkey", body); });
  two = ask("/passkey", body);
  thread.join();
  EXPECT_EQ(std::min(one.status, two.status), 200) << one.body << two.body;
  EXPECT_EQ(std::max(one.status, two.status), 422) << one.body << two.body;
}

TEST_F(PasskeyLoginTest, AnothersPasskeyIsNoSecondStep) {
  const std::string other_email = new_email();
  seed_user(pg(), account_, other_email);
  Browser mine = logged_in(email_), others = logged_in(other_email);
  const SoftPasskey own(kPortal), other(kPortal);
  ASSERT_EQ(make(mine, own).status, 201);
  const HttpAnswer made = make(others, other);
  ASSERT_EQ(made.status, 201);
  const HttpAnswer stolen = show(other, half(email_));
  EXPECT_EQ(stolen.status, 401) << stolen.body;
  EXPECT_TRUE(contains(stolen.body, "\"code\":\"wrong_passkey\"")) << stolen.body;
  const std::string path = "/api/auth/passkeys/" + member(made.body, "id");
  EXPECT_EQ(mine.send("PUT", path, R"({"name":"Mine"})").status, 404);
  EXPECT_EQ(mine.send("DELETE", path).status, 404);
  EXPECT_EQ(mine.send("DELETE", "/api/auth/passkeys/x").status, 404);
  const std::string list = mine.get("/api/auth/passkeys").body;
  EXPECT_FALSE(contains(list, R"("id":)" + member(made.body, "id") + ",")) << list;
  const HttpAnswer options = mine.post("/api/auth/second-factor/passkey/options");
  EXPECT_EQ(mine.post("/api/auth/second-factor/passkey", shown_body(other.credential(options.body)))
                .status,
            401);
  EXPECT_EQ(passkeys(), 2);
}

TEST_F(PasskeyLoginTest, WhatIsDangerousWantsItShownAgain) {
  Browser browser = logged_in(email_);
  const SoftPasskey passkey(kPortal);
  ASSERT_EQ(make(browser, passkey).status, 201);
  const auto key = [&] {
    return browser.post("/api/api-keys",
                        R"({"name":"till","environment":"test","scopes":["query"]})");
  };
  EXPECT_EQ(key().status, 200) << "it was just shown";
  sql_of_test(pg(),
              "update sessions set second_factor_at = now() - interval '601 seconds' where "
              "user_id = " +
                  std::to_string(user_));
  EXPECT_TRUE(contains(key().body, "\"code\":\"second_factor_stale\""));
  EXPECT_EQ(browser.post("/api/auth/passkeys/options", password_body()).status, 403);
  EXPECT_EQ(browser.post("/api/auth/second-factor/recovery-codes", "{}").status, 403);
  EXPECT_EQ(browser.post("/api/auth/second-factor/enrol", password_body()).status, 403);
  const HttpAnswer options = browser.post("/api/auth/second-factor/passkey/options");
  ASSERT_EQ(options.status, 200) << options.body;
  EXPECT_EQ(browser
                .post("/api/auth/second-factor/passkey",
                      shown_body(passkey.credential(options.body, R"({"flip":"signature"})")))
                .status,
            401);
  EXPECT_EQ(key().status, 403);
  const HttpAnswer again = browser.post("/api/auth/second-factor/passkey/options");
  const HttpAnswer shown =
      browser.post("/api/auth/second-factor/passkey", shown_body(passkey.credential(again.body)));
  EXPECT_EQ(shown.status, 200) << shown.body;
  EXPECT_EQ(key().status, 200);
  EXPECT_EQ(browser.post("/api/auth/second-factor/recovery-codes", "{}").status, 200);
  EXPECT_EQ(lines("second_factor.shown"), 1);
}

TEST_F(PasskeyLoginTest, AnAdministratorMakesOneBeforeAnythingOpensAndKeepsIt) {
  const std::string email = new_email();
  seed_user(pg(), account_, email, "admin");
  const HttpAnswer due = Browser(service().client()).login(email, kTestPassword);
  EXPECT_TRUE(contains(due.body, R"("enrolled":false)")) << due.body;
  const std::string token = member(due.body, "login_token");
  EXPECT_EQ(ask("/enrol/passkey/options", "{}").status, 422);
  const HttpAnswer options = ask("/enrol/passkey/options", token_body(token));
  ASSERT_EQ(options.status, 200) << options.body;
  const SoftPasskey passkey(kPortal);
  const std::string made = passkey.credential(options.body);
  const HttpAnswer opened =
      ask("/enrol/passkey", R"({"login_token":")" + token + "\"," + made_body(made).substr(1));
  ASSERT_EQ(opened.status, 200) << opened.body;
  EXPECT_TRUE(contains(opened.body, "recovery_codes")) << opened.body;
  Browser admin(service().client());
  admin.take(opened);
  const std::string list = admin.get("/api/auth/passkeys").body;
  const auto document = JsonDocument::parse(list);
  const std::string id = to_json(*document->root().find("passkeys")->items().front().find("id"));
  const HttpAnswer last = admin.send("DELETE", "/api/auth/passkeys/" + id);
  EXPECT_EQ(last.status, 409) << last.body;
  EXPECT_EQ(passkeys(), 1);
  EXPECT_EQ(ask("/enrol/passkey/options", token_body(half(email))).status, 409)
      << "the password alone makes no other";
  // And nobody takes away his own by the way round.
  const std::string person = "/api/admin/accounts/" + std::to_string(account_) + "/users/";
  Browser owner = logged_in(email_);
  ASSERT_EQ(make(owner, SoftPasskey(kPortal)).status, 201);
  EXPECT_EQ(admin.send("DELETE", person + std::to_string(user_) + "/second-factor").status, 204);
  EXPECT_EQ(passkeys(), 1);
  EXPECT_EQ(owner.get("/api/auth/me").status, 401);
  EXPECT_EQ(logged_in(email_).get("/api/auth/me").status, 200) << "by the password again";
}

TEST_F(PasskeyLoginTest, TheLastOneGoesWithItsPaperAndNoOtherDoes) {
  Browser browser = logged_in(email_);
  const HttpAnswer one = make(browser, SoftPasskey(kPortal));
  const HttpAnswer two = make(browser, SoftPasskey(kPortal));
  EXPECT_FALSE(contains(two.body, "recovery_codes")) << two.body;
  const auto path = [](const HttpAnswer& made) {
    return "/api/auth/passkeys/" + member(made.body, "id");
  };
  const HttpAnswer renamed = browser.send("PUT", path(two), R"({"name":"Clé du bureau"})");
  EXPECT_EQ(renamed.status, 200) << renamed.body;
  EXPECT_TRUE(contains(browser.get("/api/auth/passkeys").body, "Clé du bureau"));
  EXPECT_EQ(browser.send("PUT", path(two), R"({"name":"a\nb"})").status, 422);
  EXPECT_EQ(browser.send("PUT", path(two), R"({"name":")" + std::string(65, 'a') + "\"}").status,
            422);
  EXPECT_TRUE(contains(browser.get("/api/workspace/users").body, R"("second_factor":true)"));
  EXPECT_EQ(browser.send("DELETE", path(one)).status, 204);
  EXPECT_EQ(browser.send("DELETE", path(one)).status, 404);
  EXPECT_EQ(count("recovery_codes where"), 10);
  EXPECT_EQ(browser.send("DELETE", path(two)).status, 204);
  EXPECT_EQ(count("recovery_codes where"), 0);
  EXPECT_EQ(lines("passkey.removed"), 2);
  EXPECT_EQ(lines("passkey.renamed"), 1);
  sql_of_test(pg(), "update sessions set second_factor_at = second_factor_at - interval '1 day'");
  EXPECT_EQ(
      browser.post("/api/api-keys", R"({"name":"till","environment":"test","scopes":["query"]})")
          .status,
      200);
  EXPECT_EQ(logged_in(email_).get("/api/auth/me").status, 200);
}

TEST_F(PasskeyLoginTest, AnAppAndAPasskeyStandBesideEachOther) {
  Browser browser = logged_in(email_);
  const SoftPasskey passkey(kPortal);
  ASSERT_EQ(make(browser, passkey).status, 201);
  const HttpAnswer enrolled = browser.post("/api/auth/second-factor/enrol", password_body());
  ASSERT_EQ(enrolled.status, 200) << "it was just shown: " << enrolled.body;
  const std::string code = authenticator_code(member(enrolled.body, "secret"));
  EXPECT_EQ(browser.post("/api/auth/second-factor/confirm", R"({"code":")" + code + "\"}").status,
            200);
  EXPECT_TRUE(contains(browser.get("/api/auth/second-factor").body, R"("app":true,"passkeys":1)"));
  sql_of_test(pg(), "update accounts set second_factor_required = true where account_id = " +
                        std::to_string(account_));
  EXPECT_EQ(browser.post("/api/auth/second-factor/remove", "{}").status, 204) << "one stays";
  EXPECT_EQ(browser.post("/api/auth/second-factor/remove", "{}").status, 409);
  EXPECT_EQ(count("recovery_codes where"), 10);
  EXPECT_EQ(show(passkey, half(email_)).status, 200);
}

TEST_F(PasskeyLoginTest, ThereIsAnEndToEverything) {
  Browser browser = logged_in(email_);
  const SoftPasskey passkey(kPortal);
  ASSERT_EQ(make(browser, passkey).status, 201);
  for (int more = 1; more < kPasskeysMax; ++more) {
    ASSERT_EQ(make(browser, SoftPasskey(kPortal)).status, 201);
  }
  EXPECT_EQ(make(browser, SoftPasskey(kPortal)).status, 409);
  EXPECT_EQ(passkeys(), kPasskeysMax);
  EXPECT_EQ(
      browser.post("/api/auth/passkeys/options", R"({"current_password":"wrong one"})").status,
      401);
  HttpAnswer asked;
  for (int asks = 0; asks <= kAsksMax && asked.status != 429; ++asks) {
    asked = ask("/passkey/options", "{}");
  }
  EXPECT_EQ(asked.status, 429) << asked.body;
  EXPECT_GT(std::stoi(asked.headers.at("retry-after")), 0);
  EXPECT_EQ(show(passkey, half(email_)).status, 200) << "after the password others' asks count not";
  sql_of_test(pg(), "update users set is_active = false where user_id = " + std::to_string(user_));
  sql_of_test(pg(), "delete from login_failures");
  EXPECT_EQ(show(passkey).status, 401) << "of somebody who may not log in";
}

TEST_F(PasskeyLoginTest, AnotherSitesPageBeginsNothing) {
  const HttpAnswer answer = service().client().send(
      "POST", "/api/auth/login/passkey/options",
      {{"Content-Type", "application/json"}, {"Sec-Fetch-Site", "cross-site"}}, "{}");
  EXPECT_EQ(answer.status, 403) << answer.body;
}

TEST(PasskeyWithoutPortalTest, SaysWhatIsMissing) {
  Service service(Stack::shared().fresh_database());
  const std::string email = "ann@example.com";
  seed_user(service.pg(), seed_account(service.pg()), email);
  Browser browser(service.client());
  ASSERT_EQ(browser.login(email, kTestPassword).status, 200);
  EXPECT_EQ(browser.get("/api/auth/passkeys").body, R"({"available":false,"passkeys":[]})");
  const HttpAnswer options =
      browser.post("/api/auth/passkeys/options",
                   R"({"current_password":")" + std::string(kTestPassword) + "\"}");
  EXPECT_EQ(options.status, 503) << options.body;
  EXPECT_TRUE(contains(options.body, "PORTAL_URL")) << options.body;
  EXPECT_EQ(
      service.client().send("POST", "/api/auth/login/passkey/options", kFromPage, "{}").status,
      503);
}

}  // namespace passkey_login_test
}  // namespace dundun
