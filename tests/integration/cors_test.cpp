// Pages of other origins: the portal's may use the API with its cookie, any may read what is
// public.
#include <gtest/gtest.h>

#include "tests/support/browser.h"
#include "tests/support/seed.h"
#include "tests/support/suite_service.h"
#include "tests/support/text.h"

namespace dundun {
namespace cors_test {

const std::string kPortal = "https://portal.example", kOther = "https://portal.example:8443";
const std::string kStranger = "https://evil.example";

class CorsTest : public testing::Test {
 protected:
  static Service& service() {
    static SuiteService shared(
        {.messages_workers = 1, .environment = {{"PORTAL_ORIGINS", kPortal + "," + kOther}}});
    return shared.get();
  }
  static std::string of(const HttpAnswer& answer, const std::string& name) {
    const auto found = answer.headers.find(name);
    return found == answer.headers.end() ? "" : found->second;
  }
  HttpAnswer preflight(const std::string& target, const std::string& origin,
                       const std::string& method = "POST") {
    return client_.send("OPTIONS", target,
                        {{"Origin", origin},
                         {"Access-Control-Request-Method", method},
                         {"Access-Control-Request-Headers", "authorization,content-type"}});
  }
  HttpAnswer get(const std::string& target, const std::string& origin,
                 HttpClient::Headers headers = {}) {
    headers.emplace_back("Origin", origin);
    return client_.send("GET", target, headers);
  }
  void expect_unknown(const HttpAnswer& answer) {
    EXPECT_EQ(of(answer, "access-control-allow-origin"), "");
    EXPECT_EQ(of(answer, "access-control-allow-credentials"), "");
    EXPECT_EQ(of(answer, "access-control-allow-methods"), "");
    EXPECT_EQ(of(answer, "vary"), "Origin");
  }

  HttpClient client_ = service().client();
  const std::string key_ = seed_key(service().pg(), seed_account(service().pg()));
};

TEST_F(CorsTest, APreflightOfThePortalIsAnswered) {
  for (const std::string& origin : {kPortal, kOther}) {
    const HttpAnswer answer = preflight("/api/messages/send", origin);
    EXPECT_EQ(answer.status, 204);
    EXPECT_EQ(answer.body, "");
    EXPECT_EQ(of(answer, "access-control-allow-origin"), origin);
    EXPECT_EQ(of(answer, "access-control-allow-credentials"), "true");
    EXPECT_EQ(of(answer, "access-control-allow-methods"), "POST");
    EXPECT_EQ(of(answer, "access-control-max-age"), "7200");
    EXPECT_EQ(of(answer, "vary"), "Origin");
    const std::string headers = of(answer, "access-control-allow-headers");
    for (const char* name : {"Authorization", "Content-Type", "Idempotency-Key", "X-API-Key",
                             "X-CSRF-Token", "X-Environment"}) {
      EXPECT_TRUE(contains(headers, name)) << headers;
    }
  }
  EXPECT_EQ(of(preflight("/v1/contact-lists", kPortal), "access-control-allow-methods"),
            "POST, GET, HEAD");
  EXPECT_EQ(preflight("/v1/sms/send", kPortal).status, 204);
  EXPECT_EQ(preflight("/api/auth/login", kPortal).status, 204);
  EXPECT_EQ(preflight("/api/admin/accounts", kPortal).status, 204);
  EXPECT_EQ(preflight("/api/none", kPortal).status, 404);
}

TEST_F(CorsTest, AnswersTellThePortalThatItMayRead) {
  const HttpClient::Headers bearer{{"Authorization", "Bearer " + key_}};
  for (const auto& [target, status] :
       {std::pair{"/api/balance", 200}, std::pair{"/v1/sms/messages", 200},
        std::pair{"/api/messages/none", 404}, std::pair{"/api/none", 404}}) {
    SCOPED_TRACE(target);
    const HttpAnswer answer = get(target, kPortal, bearer);
    EXPECT_EQ(answer.status, status) << answer.body;
    EXPECT_EQ(of(answer, "access-control-allow-origin"), kPortal);
    EXPECT_EQ(of(answer, "access-control-allow-credentials"), "true");
    EXPECT_TRUE(contains(of(answer, "access-control-expose-headers"), "X-Request-Id"));
    EXPECT_EQ(of(answer, "vary"), "Origin");
  }
  const HttpAnswer refused = get("/api/balance", kPortal);
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(of(refused, "access-control-allow-origin"), kPortal);
  const HttpAnswer upload = client_.send("POST", "/v1/contact-lists", {{"Origin", kPortal}}, "x");
  EXPECT_EQ(upload.status, 401);
  EXPECT_EQ(of(upload, "access-control-allow-origin"), kPortal);
  EXPECT_EQ(of(upload, "access-control-allow-credentials"), "true");
}

TEST_F(CorsTest, NobodyElseIsNamed) {
  for (const std::string& origin :
       {kStranger, std::string("null"), std::string("https://portal.example.evil.example"),
        std::string("http://portal.example"), std::string("https://PORTAL.example"),
        std::string("https://portal.example/"), std::string("https://portal.example:443"),
        std::string("*"), kPortal + "," + kOther}) {
    SCOPED_TRACE(origin);
    const HttpAnswer answer = preflight("/api/messages/send", origin);
    EXPECT_EQ(answer.status, 405);
    expect_unknown(answer);
    expect_unknown(get("/api/balance", origin, {{"Authorization", "Bearer " + key_}}));
  }
  // Without a page it is a method like any other.
  const HttpAnswer plain = client_.send("OPTIONS", "/api/messages/send");
  EXPECT_EQ(plain.status, 405);
  EXPECT_EQ(of(plain, "allow"), "POST");
}

TEST_F(CorsTest, WhatIsPublicIsForEveryPageWithoutCredentials) {
  for (const char* target :
       {"/api/pricing", "/v1/sender-ids/fees", "/openapi.json", "/docs/", "/live-events.js"}) {
    for (const std::string& origin : {kStranger, kPortal}) {
      SCOPED_TRACE(target);
      const HttpAnswer answer = get(target, origin);
      EXPECT_EQ(answer.status, 200);
      EXPECT_EQ(of(answer, "access-control-allow-origin"), "*");
      EXPECT_EQ(of(answer, "access-control-allow-credentials"), "");
      const HttpAnswer asked = preflight(target, origin, "GET");
      EXPECT_EQ(asked.status, 204);
      EXPECT_EQ(of(asked, "access-control-allow-origin"), "*");
      EXPECT_EQ(of(asked, "access-control-allow-credentials"), "");
      EXPECT_EQ(of(asked, "access-control-allow-methods"), "GET, HEAD");
      EXPECT_EQ(of(asked, "access-control-max-age"), "7200");
      EXPECT_TRUE(contains(of(asked, "access-control-allow-headers"), "Authorization"));
    }
  }
}

TEST(CorsOffTest, WithoutConfiguredOriginsNothingIsSaid) {
  Service service(Stack::shared().fresh_database(), {.messages_workers = 1, .environment = {}});
  HttpClient client = service.client();
  const HttpAnswer answer = client.send("GET", "/api/balance", {{"Origin", kPortal}});
  EXPECT_FALSE(answer.headers.contains("access-control-allow-origin"));
  EXPECT_FALSE(answer.headers.contains("vary"));
}

}  // namespace cors_test
}  // namespace dundun
