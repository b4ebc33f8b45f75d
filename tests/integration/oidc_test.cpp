// Logins by an OpenID provider that knows nothing of ours (tests/support/oidc_provider.py).
#include <gtest/gtest.h>

#include "common/base/percent.h"
#include "common/io/crypto.h"
#include "common/io/json.h"
#include "tests/support/browser.h"
#include "tests/support/oidc_provider.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/suite_service.h"
#include "tests/support/text.h"

namespace dundun {
namespace oidc_test {

const HttpClient::Headers kFromPage{{"Content-Type", "application/json"},
                                    {"Sec-Fetch-Site", "same-origin"}};

std::string member(const std::string& body, const char* name) {
  const auto document = JsonDocument::parse(body);
  const auto value = document ? document->root().find(name) : std::nullopt;
  return value && value->is_string() ? std::string(value->string()) : "";
}

// Somebody's way there and back.
struct Trip {
  std::string cookie, state, code;
};

class OidcTest : public testing::Test {
 protected:
  OidcTest() {
    provider().tweak("{}");
    sql_of_test(pg(), "delete from login_failures");
    sql_of_test(pg(), "delete from oidc_documents");
    sql_of_test(pg(), "delete from oidc_identities");
  }

  static OidcProvider& provider() {
    static OidcProvider shared;
    return shared;
  }
  static std::map<std::string, std::string> settings() {
    std::map<std::string, std::string> all = provider().settings();
    all.insert({{"ADMIN_SECOND_FACTOR", "1"},
                {"PORTAL_URL", "https://portal.example"},
                {"PASSKEY_ASKS_MAX", "1000"},
                {"OIDC_DOMAINS", "example.com"},
                {"OIDC_ROLE_CLAIM", "groups"},
                {"OIDC_ROLES", "staff=viewer,dev=developer,boss=owner,it=admin"}});
    return all;
  }
  static Service& service() {
    static SuiteService shared({.environment = settings()});
    return shared.get();
  }
  static Pg& pg() {
    Pg& database = service().pg();
    if (number_of(database, "select count(*) from accounts where account_id = 1") == 0) {
      EXPECT_EQ(seed_account(database), 1);
    }
    return database;
  }
  static int64_t count(const std::string& what) {
    return number_of(pg(), "select count(*) from " + what);
  }
  static std::string new_email() { return to_hex(random_bytes(6)) + "@example.com"; }

  static HttpAnswer start(const Service& at = service()) {
    return at.client().send("POST", "/api/auth/login/oidc/start", kFromPage, "{}");
  }
  static Trip trip(const Service& at = service()) {
    const HttpAnswer begun = start(at);
    EXPECT_EQ(begun.status, 200) << begun.body;
    const std::string& cookie = begun.headers.at("set-cookie");
    const std::string back = provider().visited(member(begun.body, "url"));
    EXPECT_TRUE(back.starts_with("https://portal.example/signed-in?code=")) << back;
    const auto part = [&](const std::string& name) {
      const size_t begin = back.find(name + "=") + name.size() + 1;
      return percent_decode(back.substr(begin, back.find('&', begin) - begin), Plus::kSpace)
          .value_or("");
    };
    return {cookie.substr(0, cookie.find(';')), part("state"), part("code")};
  }
  static HttpAnswer finish(const Trip& trip, const Service& at = service()) {
    HttpClient::Headers headers = kFromPage;
    if (!trip.cookie.empty()) headers.emplace_back("Cookie", trip.cookie);
    return at.client().send("POST", "/api/auth/login/oidc", headers,
                            R"({"state":")" + trip.state + R"(","code":")" + trip.code + "\"}");
  }
  // With these claims over the usual ones.
  static HttpAnswer login(const std::string& claims, const std::string& more = "") {
    provider().tweak(R"({"claims":)" + claims + more + "}");
    const Trip there_and_back = trip();
    return finish(there_and_back);
  }
  static std::string claims_of(const std::string& email, const std::string& subject,
                               const std::string& more = R"("groups":["boss"])") {
    return R"({"email":")" + email + R"(","sub":")" + subject + "\"," + more + "}";
  }
};

TEST_F(OidcTest, WhoIsKnownByAVerifiedEMailLogsInAndIsLinked) {
  const std::string email = new_email();
  const int64_t user = seed_user(pg(), 1, email, "developer");
  const HttpAnswer opened = login(claims_of(email, "s-1"));
  ASSERT_EQ(opened.status, 200) << opened.body;
  EXPECT_TRUE(contains(opened.body, R"("role":"developer")")) << "its own, not the mapping's";
  EXPECT_TRUE(contains(opened.headers.at("set-cookie"), "esms_access_token=")) << opened.body;
  // From now on by the provider's name, whatever the e-mail is.
  const HttpAnswer again = login(claims_of("another@example.com", "s-1"));
  EXPECT_EQ(again.status, 200) << again.body;
  EXPECT_TRUE(contains(again.body, email)) << again.body;
  EXPECT_EQ(count("oidc_identities where user_id = " + std::to_string(user)), 1);
  EXPECT_EQ(count("audit_log where action = 'user.provider_linked' and subject = 'user " +
                  std::to_string(user) + "'"),
            1);
  EXPECT_EQ(login(claims_of(email, "s-2")).status, 401) << "another of the provider's";
  EXPECT_EQ(login(claims_of(email, "s-1"), R"(,"alg":"ES256")").status, 200);
  EXPECT_EQ(provider().fetched("/keys"), 1) << "kept";
}

struct Refusal {
  const char* claims;
  const char* more;
  const char* says;
};

TEST_F(OidcTest, WhatTheProviderDidNotSayForThisLoginIsRefused) {
  const std::string email = new_email();
  seed_user(pg(), 1, email, "viewer");
  ASSERT_EQ(login(claims_of(email, "s-3")).status, 200);
  const Refusal refusals[] = {
      {R"("iss":"https://evil.example")", "", "iss"},
      {R"("aud":"another")", "", "aud"},
      {R"("aud":["dundun at work","another"])", "", "azp"},
      {R"("azp":"another")", "", "azp"},
      {R"("exp":-301)", "", "exp"},
      {R"("exp":null)", "", "exp"},
      {R"("iat":302)", "", "iat"},
      {R"("nbf":302)", "", "nbf"},
      {R"("nonce":"of another login")", "", "nonce"},
      {R"("nonce":null)", "", "nonce"},
      {R"("sub":"")", "", "sub"},
      {R"("x":1)", R"(,"alg":"none")", "alg"},
      {R"("x":1)", R"(,"alg":"HS256")", "alg"},
      {R"("x":1)", R"(,"header":{"crit":["b64"]})", "crit"},
      {R"("x":1)", R"(,"header":{"kid":"two-rsa"})", "kid"},
      {R"("x":1)", R"(,"foreign":true)", "kid"},
      {R"("x":1)", R"(,"foreign":true,"header":{"kid":"one-rsa"})", "signature"},
      {R"("x":1)", R"(,"forge":true)", "signature"}};
  const int64_t sessions = count("sessions");
  for (const Refusal& refusal : refusals) {
    const HttpAnswer answer = login(claims_of(email, "s-3", refusal.claims), refusal.more);
    EXPECT_EQ(answer.status, 401) << refusal.claims << refusal.more << answer.body;
    EXPECT_TRUE(contains(answer.body, "\"code\":\"wrong_identity\"")) << answer.body;
    EXPECT_TRUE(contains(answer.body, refusal.says)) << refusal.claims << answer.body;
  }
  EXPECT_EQ(count("sessions"), sessions);
  for (const char* good :
       {R"("exp":-290,"groups":["boss"])", R"("iat":290,"groups":["boss"])",
        R"("nbf":290,"groups":"boss")",
        R"("aud":["dundun at work","x"],"azp":"dundun at work","groups":["boss"])"}) {
    EXPECT_EQ(login(claims_of(email, "s-3", good)).status, 200) << good;
  }
}

TEST_F(OidcTest, ALoginIsFinishedOnceInItsBrowserAndInTime) {
  const std::string email = new_email();
  seed_user(pg(), 1, email, "viewer");
  provider().tweak(R"({"claims":)" + claims_of(email, "s-4") + "}");
  const auto refused = [](const Trip& trip, const char* why) {
    const HttpAnswer answer = finish(trip);
    EXPECT_EQ(answer.status, 401) << why << answer.body;
    EXPECT_TRUE(contains(answer.body, "state: this login")) << why << answer.body;
  };
  const Trip good = trip();
  refused({good.cookie, good.state + "A", good.code}, "another state");
  refused({"", good.state, good.code}, "without the cookie");
  refused({trip().cookie, good.state, good.code}, "another browser's");
  EXPECT_EQ(finish(good).status, 200) << "and the login still holds";
  refused(good, "replayed");
  const Trip late = trip();
  sql_of_test(pg(), "update oidc_logins set ends_at = now()");
  refused(late, "too late");
  Trip stolen = trip();
  stolen.code = trip().code;  // of another browser's login: its verifier differs
  EXPECT_EQ(finish(stolen).status, 401);
  EXPECT_EQ(
      service()
          .client()
          .send("POST", "/api/auth/login/oidc/start",
                {{"Content-Type", "application/json"}, {"Sec-Fetch-Site", "cross-site"}}, "{}")
          .status,
      403);
}

TEST_F(OidcTest, NewKeysAreFetchedButNotAtOnceAgain) {
  const std::string email = new_email();
  seed_user(pg(), 1, email, "viewer");
  ASSERT_EQ(login(claims_of(email, "s-5")).status, 200);
  const std::string rotated = R"(,"rotate":true)";
  const int64_t before = provider().fetched("/keys");
  EXPECT_EQ(login(claims_of(email, "s-5"), rotated).status, 401) << "the copy is seconds old";
  EXPECT_EQ(provider().fetched("/keys"), before);
  sql_of_test(pg(), "update oidc_documents set fetched_at = now() - interval '61 seconds'");
  EXPECT_EQ(login(claims_of(email, "s-5"), rotated).status, 200);
  EXPECT_EQ(provider().fetched("/keys"), before + 1);
}

TEST_F(OidcTest, AProviderThatIsDownIsToldAndNobodyComesIn) {
  const auto unavailable = [](const HttpAnswer& answer) {
    EXPECT_EQ(answer.status, 503) << answer.body;
    EXPECT_TRUE(contains(answer.body, "The identity provider does not answer now")) << answer.body;
    EXPECT_GT(std::stoi(answer.headers.at("retry-after")), 0);
  };
  provider().tweak(R"({"down":500})");
  unavailable(start());
  provider().tweak(R"({"down":404})");
  unavailable(start());
  provider().tweak(R"({"issuer":"https://evil.example"})");
  unavailable(start());
  sql_of_test(pg(), "delete from oidc_documents");
  provider().tweak("{}");
  Trip begun = trip();
  provider().tweak(R"({"token_status":502})");
  unavailable(finish(begun));
  provider().tweak("{}");
  begun = trip();
  provider().tweak(R"({"token_status":400})");
  EXPECT_EQ(finish(begun).status, 401);
}

TEST_F(OidcTest, NobodyGetsMoreThanTheMappingGrants) {
  const std::string fresh = new_email();
  const HttpAnswer made = login(claims_of(fresh, "s-6", R"("groups":["dev","staff"])"));
  ASSERT_EQ(made.status, 200) << made.body;
  EXPECT_TRUE(contains(made.body, R"("role":"developer")")) << made.body;
  EXPECT_EQ(Browser(service().client()).login(fresh, "").status, 401) << "it has no password";
  const HttpAnswer less = login(claims_of(fresh, "s-6", R"("groups":["staff"])"));
  EXPECT_EQ(less.status, 401) << less.body;
  EXPECT_TRUE(contains(less.body, "more than the provider gives")) << less.body;
  const int64_t users = count("users");
  for (const char* none : {R"("groups":["guests"])", R"("groups":[])", R"("x":1)",
                           R"("groups":["boss"],"email_verified":false)",
                           R"("groups":["boss"],"email_verified":"true")",
                           R"("groups":["boss"],"email":"ann@evil.example")",
                           R"("groups":["boss"],"email":"ann@example.com.evil.example")",
                           R"("groups":["boss"],"email":null)"}) {
    const HttpAnswer answer = login(claims_of(new_email(), "s-7", none));
    EXPECT_EQ(answer.status, 401) << none << answer.body;
  }
  EXPECT_EQ(count("users"), users);
  const std::string elsewhere = new_email();
  seed_user(pg(), seed_account(pg()), elsewhere);
  EXPECT_NE(login(claims_of(elsewhere, "s-8")).status, 200) << "of another account";
  const HttpAnswer it = login(claims_of(new_email(), "s-9", R"("groups":["it"])"));
  EXPECT_TRUE(contains(it.body, R"("role":"owner")")) << "administrators are not made so";
}

TEST_F(OidcTest, AdministratorsAndWhoHasOneShowASecondFactor) {
  const std::string email = new_email();
  seed_user(pg(), 1, email, "admin");
  const HttpAnswer half = login(claims_of(email, "s-10", R"("groups":["it"])"));
  EXPECT_EQ(half.status, 401) << half.body;
  EXPECT_TRUE(contains(half.body, "\"code\":\"second_factor_required\"")) << half.body;
  EXPECT_TRUE(contains(half.body, R"("enrolled":false)")) << half.body;
  const std::string off = new_email();
  const int64_t user = seed_user(pg(), 1, off, "viewer");
  sql_of_test(pg(), "update users set is_active = false where user_id = " + std::to_string(user));
  EXPECT_EQ(login(claims_of(off, "s-11")).status, 401);
}

// Where no domain is asked for, an e-mail that the provider has not verified is anybody's word.
TEST_F(OidcTest, OnlyVerifiedEMailsAreBelieved) {
  auto settings = provider().settings();
  settings["PORTAL_URL"] = "https://portal.example";
  Service open(Stack::shared().fresh_database(), {.environment = settings});
  seed_user(open.pg(), seed_account(open.pg()), "ann@example.com", "owner");
  for (const char* claims : {R"({"email_verified":false})", R"({"email_verified":null})",
                             R"({"email_verified":"true"})", R"({"email":null})"}) {
    provider().tweak(R"({"claims":)" + std::string(claims) + "}");
    const HttpAnswer answer = finish(trip(open), open);
    EXPECT_EQ(answer.status, 401) << claims << answer.body;
    EXPECT_TRUE(contains(answer.body, "email: the provider has verified none")) << answer.body;
  }
  EXPECT_EQ(number_of(open.pg(), "select count(*) from oidc_identities"), 0);
  provider().tweak("{}");
  EXPECT_EQ(finish(trip(open), open).status, 200);
}

TEST(OidcWithoutProviderTest, IsNotOffered) {
  Service service(Stack::shared().fresh_database());
  EXPECT_EQ(service.client().send("GET", "/api/auth/login/oidc").body,
            R"({"available":false,"name":""})");
  EXPECT_EQ(service.client().send("POST", "/api/auth/login/oidc/start", kFromPage, "{}").status,
            404);
}

}  // namespace oidc_test
}  // namespace dundun
