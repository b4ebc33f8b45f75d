// What HTTP clients and proxies do at the edges, through nginx.
#include <gtest/gtest.h>

#include "tests/support/seed.h"
#include "tests/support/suite_service.h"

namespace dundun {
namespace http_edges_test {

class HttpEdgesTest : public testing::Test {
 protected:
  static Service& service() {
    static SuiteService shared({.messages_workers = 1, .environment = {}});
    return shared.get();
  }
  HttpAnswer send(std::string_view method, std::string_view target,
                  const HttpClient::Headers& headers = {}) {
    return client_.send(method, target, headers);
  }

  HttpClient client_ = service().client();
  const std::string key_ = seed_key(service().pg(), seed_account(service().pg()));
};

void expect_problem(const HttpAnswer& answer, int status, const std::string& code) {
  EXPECT_EQ(answer.status, status) << answer.body;
  EXPECT_NE(answer.body.find(R"({"detail":{"code":")" + code + "\""), std::string::npos)
      << answer.body;
  EXPECT_NE(answer.body.find(R"("request_id":")"), std::string::npos) << answer.body;
  EXPECT_EQ(answer.headers.at("content-type"), "application/json");
}

TEST_F(HttpEdgesTest, AHeaderThatIsTooLargeIsCalledSo) {
  const std::string large(9000, 'x');
  expect_problem(send("GET", "/api/balance", {{"X-Large", large}}), 431, "headers_too_large");
  client_.disconnect();
  const HttpAnswer second = send("GET", "/v1/sms/messages", {{"X-Large", large}});
  EXPECT_EQ(second.status, 431);
}

TEST_F(HttpEdgesTest, AMethodThatNobodyServesIsRefusedAsJson) {
  expect_problem(send("TRACE", "/api/balance"), 405, "method_not_allowed");
  client_.disconnect();
  expect_problem(send("POST", "/docs/"), 405, "method_not_allowed");
}

TEST_F(HttpEdgesTest, AllowNamesHeadBesideGet) {
  const HttpAnswer answer =
      client_.send("DELETE", "/api/balance", {{"Authorization", "Bearer " + key_}});
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.headers.at("allow"), "GET, HEAD");
}

TEST_F(HttpEdgesTest, BlanksBeforeTheKeyAreNoPartOfIt) {
  EXPECT_EQ(send("GET", "/api/balance", {{"Authorization", "Bearer  " + key_}}).status, 200);
  EXPECT_EQ(send("GET", "/api/balance", {{"Authorization", "bearer    " + key_}}).status, 200);
  EXPECT_EQ(send("GET", "/api/balance", {{"Authorization", "Bearer  "}}).status, 401);
}

TEST_F(HttpEdgesTest, DocsAreFoundFromBehindAnyProxy) {
  const HttpAnswer answer = send("GET", "/docs");
  EXPECT_EQ(answer.status, 301);
  EXPECT_EQ(answer.headers.at("location"), "/docs/");
}

TEST_F(HttpEdgesTest, FilesAreCompressedAndAnswersAreNot) {
  const HttpClient::Headers takes_gzip{{"Accept-Encoding", "gzip"},
                                       {"Authorization", "Bearer " + key_}};
  const HttpAnswer description = send("GET", "/openapi.json", takes_gzip);
  EXPECT_EQ(description.headers.at("content-encoding"), "gzip");
  EXPECT_EQ(description.headers.at("vary"), "Accept-Encoding");
  EXPECT_LT(description.body.size(), 100'000u);
  EXPECT_EQ(send("GET", "/docs/", takes_gzip).headers.at("content-encoding"), "gzip");
  const HttpAnswer answer = send("GET", "/api/routes", takes_gzip);
  EXPECT_EQ(answer.status, 200);
  EXPECT_FALSE(answer.headers.contains("content-encoding"));
}

}  // namespace http_edges_test
}  // namespace dundun
