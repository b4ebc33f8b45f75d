// What nginx keeps away from the workers: bodies of people who may not send them, and one address
// that takes more than its share.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "common/io/redis.h"
#include "tests/support/seed.h"
#include "tests/support/suite_service.h"
#include "tests/support/text.h"
#include "tests/support/ws_client.h"

namespace dundun {
namespace nginx_limits_test {

namespace fs = std::filesystem;

// The address of the connection is the client's word.
constexpr const char* kAnyAddress = "set_real_ip_from unix:;\nreal_ip_header X-Forwarded-For;\n";

class UploadRefusalTest : public testing::Test {
 protected:
  ~UploadRefusalTest() override { forget_bad_keys(Stack::shared().redis_url()); }
  static Service& service() {
    static SuiteService shared(
        {.messages_workers = 1, .environment = {{"BAD_KEYS_MAX", "3"}}, .site = kAnyAddress});
    return shared.get();
  }
  // The head of an upload of 20 MB, and none of it.
  HttpAnswer ask(const std::string& more, const std::string& path = "/v1/contact-lists") {
    HttpClient client(service().http_address());
    return client.raw("POST " + path +
                      " HTTP/1.1\r\nHost: x\r\nContent-Length: 20971520\r\n"
                      "Content-Type: multipart/form-data; boundary=b\r\n" +
                      more + "\r\n");
  }
  std::string key(const std::string& scopes = "{send}") {
    return seed_key(service().pg(), account_, KeyKind::kLive, scopes, 1);
  }

  const int64_t account_ = seed_account(service().pg());
};

TEST_F(UploadRefusalTest, WithoutACredentialNothingIsRead) {
  for (const char* path : {"/v1/contact-lists", "/api/contact-lists", "/v1/contact-lists?x=1"}) {
    const HttpAnswer answer = ask("", path);
    EXPECT_EQ(answer.status, 401) << path;
    EXPECT_TRUE(contains(answer.body, R"("code":"invalid_api_key")")) << answer.body;
    EXPECT_TRUE(contains(answer.body, answer.headers.at("x-request-id")));
    EXPECT_EQ(answer.headers.at("www-authenticate"), "Bearer");
    EXPECT_EQ(answer.headers.at("content-type"), "application/json");
  }
  HttpClient client(service().http_address());
  EXPECT_EQ(client
                .raw("POST /v1/contact-lists HTTP/1.1\r\nHost: x\r\n"
                     "Transfer-Encoding: chunked\r\n\r\n")
                .status,
            401);
}

TEST_F(UploadRefusalTest, NorWithOneThatDoesNotOpenIt) {
  EXPECT_EQ(ask("Authorization: Bearer " + key("{query}") + "\r\n").status, 403);
  EXPECT_EQ(ask("Cookie: esms_access_token=wrong\r\n").status, 401);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(ask("X-Forwarded-For: 203.0.113.5\r\nX-Api-Key: wrong\r\n").status, 401);
  }
  const HttpAnswer blocked = ask("X-Forwarded-For: 203.0.113.5\r\nX-Api-Key: wrong\r\n");
  EXPECT_EQ(blocked.status, 429);
  EXPECT_TRUE(contains(blocked.body, R"("code":"rate_limited")")) << blocked.body;
  EXPECT_EQ(blocked.headers.at("retry-after"), "900");
}

TEST_F(UploadRefusalTest, WhoMayIsReadAndCountedOnce) {
  const std::string form =
      "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nx\r\n"
      "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.csv\"\r\n\r\n"
      "phone\r\n+254712345678\r\n\r\n--b--\r\n";
  HttpClient client = service().client();
  const HttpAnswer answer =
      client.send("POST", "/v1/contact-lists",
                  {{"Authorization", "Bearer " + key()},  // one request a second
                   {"Content-Type", "multipart/form-data; boundary=b"}},
                  form);
  EXPECT_EQ(answer.status, 200) << answer.body;
}

class AddressLimitsTest : public testing::Test {
 protected:
  AddressLimitsTest()
      : service_(Stack::shared().fresh_database(),
                 {.messages_workers = 1, .environment = {}, .site = kAnyAddress}) {}

  // The shipped file with other numbers.
  void set_limits(const std::vector<std::pair<std::string, std::string>>& changes) {
    const std::string path = service_.folder() + "/conf/limits.conf";
    std::ifstream file(path);
    std::string text((std::istreambuf_iterator<char>(file)), {});
    for (const auto& [shipped, ours] : changes) {
      ASSERT_TRUE(contains(text, shipped));
      text.replace(text.find(shipped), shipped.size(), ours);
    }
    fs::remove(path);
    std::ofstream(path) << text;
    service_.reload_nginx();
  }
  HttpAnswer from(const std::string& address, const std::string& target = "/healthz") {
    HttpClient client = service_.client();
    return client.send("GET", target, {{"X-Forwarded-For", address}});
  }

  Service service_;
};

TEST_F(AddressLimitsTest, ABusyGatewayIsNotHurt) {
  HttpClient client = service_.client();
  for (int i = 0; i < 3000; ++i) {
    ASSERT_EQ(client.send("GET", "/docs/", {{"X-Forwarded-For", "203.0.113.1"}}).status, 200);
  }
}

TEST_F(AddressLimitsTest, TooManyRequestsOfOneAddressAreRefused) {
  set_limits({{"rate=10000r/s", "rate=1r/m"}, {"burst=20000", "burst=2"}});
  ASSERT_TRUE(wait_until([&] { return from("203.0.113.2").status == 429; }));
  const HttpAnswer refused = from("203.0.113.2", "/api/balance");
  EXPECT_EQ(refused.status, 429);
  EXPECT_TRUE(contains(refused.body, R"("code":"rate_limited")")) << refused.body;
  EXPECT_TRUE(contains(refused.body, refused.headers.at("x-request-id"))) << refused.body;
  EXPECT_EQ(refused.headers.at("retry-after"), "1");
  EXPECT_EQ(refused.headers.at("cache-control"), "no-store");
  EXPECT_EQ(from("203.0.113.2", "/v1/sms/messages").body, R"({"error":"Too many requests"})");
  EXPECT_EQ(from("203.0.113.3").status, 200);
  EXPECT_EQ(from("2001:db8::1").status, 200);
  for (const char* own : {"127.0.0.1", "127.9.9.9", "::1"}) {
    for (int i = 0; i < 5; ++i) EXPECT_EQ(from(own).status, 200) << own;
  }
}

TEST_F(AddressLimitsTest, TooManyConnectionsOfOneAddressAreRefused) {
  service_.start_bridge();
  set_limits({{"connections 2000", "connections 1"}});
  const WsClient open(
      {.address = "unix:" + service_.http_address(), .headers = {"X-Forwarded-For: 203.0.113.4"}});
  ASSERT_EQ(open.status(), 101);
  ASSERT_TRUE(wait_until([&] { return from("203.0.113.4").status == 429; }));
  EXPECT_EQ(from("203.0.113.6").status, 200);
}

}  // namespace nginx_limits_test
}  // namespace dundun
