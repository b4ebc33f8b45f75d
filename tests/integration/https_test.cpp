// How the browser or program came: what nginx sees, or what a proxy says that listen.conf trusts.
#include <gtest/gtest.h>

#include "tests/support/browser.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/suite_service.h"

namespace dundun {
namespace https_test {

constexpr const char* kTrusting = "set_real_ip_from unix:;\nreal_ip_header X-Forwarded-For;\n";
const HttpClient::Headers kOverTls{{"X-Forwarded-For", "203.0.113.9"},
                                   {"X-Forwarded-Proto", "https"}};

class HttpsTest : public testing::Test {
 protected:
  static Service& trusting() {
    static SuiteService shared({.environment = {{"HTTPS_REQUIRED", "1"}}, .site = kTrusting});
    return shared.get();
  }
  // The same but for who is trusted: nobody.
  static Service& alone() {
    static Service shared(trusting().database(), {.environment = {{"HTTPS_REQUIRED", "1"}}});
    return shared;
  }
  HttpAnswer ask(Service& service, const std::string& path, HttpClient::Headers headers = {}) {
    HttpClient client = service.client();
    headers.emplace_back("Authorization", "Bearer " + key_);
    return client.send("GET", path, headers);
  }
  std::string cookie(Service& service) {
    HttpClient client = service.client();
    HttpClient::Headers headers = kOverTls;
    headers.emplace_back("Content-Type", "application/json");
    const HttpAnswer answer = client.send(
        "POST", "/v1/auth/login", headers,
        R"({"email":"tls@example.com","password":")" + std::string(kTestPassword) + "\"}");
    return answer.headers.contains("set-cookie") ? answer.headers.at("set-cookie") : answer.body;
  }

  int64_t account_ = seed_account(trusting().pg());
  std::string key_ = seed_key(trusting().pg(), account_);
};

TEST_F(HttpsTest, TheSecondDialectInTheClearIsRefused) {
  for (const char* path : {"/v1/sms/messages", "/v1/apps", "/v1/rc/status"}) {
    const HttpAnswer clear = ask(trusting(), path);
    EXPECT_EQ(clear.status, 403) << path;
    EXPECT_EQ(clear.body, R"({"error":"HTTPS required"})");
    EXPECT_EQ(ask(trusting(), path, kOverTls).status, 200) << path;
    EXPECT_EQ(
        ask(trusting(), path, {{"X-Forwarded-For", "203.0.113.9"}, {"X-Forwarded-Proto", "http"}})
            .status,
        403);
  }
  // The key is not looked at: a wrong one in the clear is told the same, and counts for nothing.
  HttpClient client = trusting().client();
  EXPECT_EQ(client.get("sgw_wrong", "/v1/sms/messages").status, 403);
  // Health has no key, and the first dialect leaves it to nginx.
  EXPECT_EQ(client.send("GET", "/health").status, 200);
  EXPECT_EQ(ask(trusting(), "/api/balance").status, 200);
}

TEST_F(HttpsTest, OnlyATrustedProxyMaySayHowTheBrowserCame) {
  EXPECT_EQ(ask(alone(), "/v1/sms/messages", kOverTls).status, 403);
  seed_user(trusting().pg(), account_, "tls@example.com");
  EXPECT_TRUE(cookie(trusting()).ends_with("; Secure")) << cookie(trusting());
  EXPECT_TRUE(cookie(alone()).starts_with("esms_access_token="));
  EXPECT_EQ(cookie(alone()).find("Secure"), std::string::npos);
}

}  // namespace https_test
}  // namespace dundun
