// What answers bear for the safety of who reads them, by the shipped configuration, and TLS by the
// shipped files for it.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>

#include "tests/support/kannel.h"
#include "tests/support/seed.h"
#include "tests/support/suite_service.h"
#include "tests/support/text.h"

namespace dundun {
namespace nginx_headers_test {

namespace fs = std::filesystem;

const std::string kNothing = "default-src 'none'; frame-ancestors 'none'";
const std::string kOwnFiles = "default-src 'self'; base-uri 'none'; frame-ancestors 'none'";

std::string text_of_file(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

void replace_all(std::string& text, const std::string& what, const std::string& by) {
  for (size_t at = text.find(what); at != text.npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
}

class NginxHeadersTest : public testing::Test {
 protected:
  static Service& service() {
    static SuiteService shared(
        {.messages_workers = 1,
         .environment = {},
         .site = "set_real_ip_from unix:;\nreal_ip_header X-Forwarded-For;\n"});
    return shared.get();
  }
  std::string of(const HttpAnswer& answer, const std::string& name) {
    const auto found = answer.headers.find(name);
    return found == answer.headers.end() ? "" : found->second;
  }
  // Each exactly once: one that comes twice is joined by a comma.
  void expect_safe(const HttpAnswer& answer, const std::string& caching,
                   const std::string& policy) {
    EXPECT_EQ(of(answer, "x-content-type-options"), "nosniff");
    EXPECT_EQ(of(answer, "referrer-policy"), "no-referrer");
    EXPECT_EQ(of(answer, "cache-control"), caching);
    EXPECT_EQ(of(answer, "content-security-policy"), policy);
    EXPECT_EQ(of(answer, "strict-transport-security"), "");
    EXPECT_EQ(of(answer, "x-request-id").size(), 32u);
  }
  HttpAnswer get(const std::string& target) { return client_.get(key_, target); }

  HttpClient client_ = service().client();
  const std::string key_ = seed_key(service().pg(), seed_account(service().pg()));
};

TEST_F(NginxHeadersTest, AnAnswerIsForItsReaderAlone) {
  for (const char* target :
       {"/api/balance", "/v1/messages", "/v1/sms/messages", "/api/none", "/docs/none", "/healthz",
        "/pay/sandbox/none", "/api/admin/accounts"}) {
    SCOPED_TRACE(target);
    expect_safe(get(target), "no-store", kNothing);
  }
  expect_safe(client_.send("GET", "/api/balance"), "no-store", kNothing);  // 401
  expect_safe(client_.post(key_, "/v1/sms/send", std::string(200'000, 'x')), "no-store", kNothing);
  client_.disconnect();
  expect_safe(client_.send("TRACE", "/api/balance"), "no-store", kNothing);
}

TEST_F(NginxHeadersTest, WhatIsPublicMayBeKept) {
  for (int time = 0; time < 2; ++time) {  // from the worker, and from nginx
    const HttpAnswer pricing = get("/api/pricing");
    expect_safe(pricing, "public, max-age=60", kNothing);
    EXPECT_NE(of(pricing, "etag"), "");
  }
  expect_safe(get("/v1/sender-ids/fees"), "public, max-age=60", kNothing);
  for (const char* target : {"/docs/", "/openapi.json", "/live-events.js"}) {
    SCOPED_TRACE(target);
    expect_safe(get(target), "no-cache", kOwnFiles);
  }
}

TEST_F(NginxHeadersTest, OverTlsTheBrowserIsToldToStay) {
  const HttpClient::Headers over_tls{{"X-Forwarded-For", "203.0.113.9"},
                                     {"X-Forwarded-Proto", "https"}};
  for (const char* target : {"/api/balance", "/docs/", "/docs/none", "/api/pricing"}) {
    const HttpAnswer answer = client_.send("GET", target, over_tls);
    EXPECT_EQ(of(answer, "strict-transport-security"), "max-age=31536000") << target;
  }
}

// The shipped files for TLS, on other ports and with a certificate that it made itself.
class TlsTest : public testing::Test {
 protected:
  TlsTest() {
    fs::create_directories(tls_);
    EXPECT_EQ(run_command({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                           "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=test",
                           "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", tls_ + "/key.pem",
                           "-out", tls_ + "/fullchain.pem"}),
              0);
    service_.emplace(Stack::shared().fresh_database(),
                     Service::Options{.environment = {}, .site = shipped("listen.conf")});
    std::ofstream(service_->folder() + "/conf/plain.conf") << shipped("plain.conf");
    service_->reload_nginx();
  }

  std::string shipped(const std::string& name) const {
    std::string text = text_of_file(Stack::shared().root() + "/nginx/tls/" + name);
    for (const auto& [port, ours] : {std::pair{"443", port_}, std::pair{"80", plain_port_}}) {
      replace_all(text, std::string("listen ") + port, "listen 127.0.0.1:" + std::to_string(ours));
      replace_all(text, std::string("listen [::]:") + port, "#");
    }
    replace_all(text, "tls/", tls_ + "/");
    return text;
  }
  // Curl's exit status; what came is in head_ and body_.
  int curl(const std::string& url, std::vector<std::string> more = {}) {
    std::vector<std::string> command{
        "curl",         "-sS", "--noproxy",    "*", "--cacert", tls_ + "/fullchain.pem", "-D",
        tls_ + "/head", "-o",  tls_ + "/body", url};
    command.insert(command.end(), more.begin(), more.end());
    const int status = run_command(command);
    head_ = text_of_file(tls_ + "/head");
    body_ = text_of_file(tls_ + "/body");
    return status;
  }

  const std::string tls_ = Stack::shared().folder() + "/tls";
  const int port_ = free_port();
  const int plain_port_ = free_port();
  const std::string url_ = "https://127.0.0.1:" + std::to_string(port_);
  const std::string plain_url_ = "http://127.0.0.1:" + std::to_string(plain_port_);
  std::optional<Service> service_;
  std::string head_, body_;
};

TEST_F(TlsTest, TheShippedConfigurationSpeaksTls) {
  const std::string key = seed_key(service_->pg(), seed_account(service_->pg()));
  ASSERT_EQ(curl(url_ + "/v1/sms/messages", {"-H", "Authorization: Bearer " + key}), 0);
  EXPECT_TRUE(head_.starts_with("HTTP/2 200")) << head_;
  EXPECT_TRUE(contains(head_, "strict-transport-security: max-age=31536000")) << head_;
  EXPECT_EQ(curl(url_ + "/healthz", {"--tlsv1.2", "--tls-max", "1.2"}), 0);
  EXPECT_NE(curl(url_ + "/healthz", {"--tls-max", "1.1"}), 0);
  EXPECT_NE(curl(url_ + "/healthz", {"--tls-max", "1.2", "--ciphers", "AES128-SHA"}), 0);
}

TEST_F(TlsTest, InTheClearThereIsNoApi) {
  ASSERT_TRUE(wait_until([&] { return curl(plain_url_ + "/api/balance") == 0; }));
  EXPECT_TRUE(head_.starts_with("HTTP/1.1 403")) << head_;
  EXPECT_TRUE(contains(body_, R"("code":"https_required")")) << body_;
  EXPECT_FALSE(contains(head_, "Strict-Transport-Security"));
  ASSERT_EQ(curl(plain_url_ + "/docs/"), 0);
  EXPECT_TRUE(head_.starts_with("HTTP/1.1 308")) << head_;
  EXPECT_TRUE(contains(head_, "Location: https://127.0.0.1/docs/")) << head_;
}

}  // namespace nginx_headers_test
}  // namespace dundun
