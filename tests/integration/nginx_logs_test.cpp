// What nginx writes about requests that go wrong: enough to find the cause, and never the request
// line, whose path or query may hold a secret.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/seed.h"
#include "tests/support/suite_service.h"
#include "tests/support/text.h"

namespace dundun {
namespace nginx_logs_test {

namespace fs = std::filesystem;

const std::string kSecretInUrl = "s3cr3tOfTheCarrier";

class NginxLogsTest : public testing::Test {
 protected:
  NginxLogsTest() : service_(Stack::shared().fresh_database()), client_(service_.client()) {}

  // All log files of the service, nginx' and the programs'.
  std::string logs() {
    std::string all;
    for (const auto& file : fs::recursive_directory_iterator(service_.folder())) {
      if (!file.is_regular_file() || file.path().extension() != ".log") continue;
      std::ifstream stream(file.path());
      all.append(std::istreambuf_iterator<char>(stream), {});
    }
    return all;
  }
  int ask(std::string_view method, const std::string& target,
          const HttpClient::Headers& headers = {}, const std::string& body = {}) {
    client_.disconnect();
    last_ = client_.send(method, target, headers, body);
    return last_.status;
  }
  int raw(const std::string& bytes) {
    client_.disconnect();
    return client_.raw(bytes).status;
  }
  void break_upstreams() {
    for (const char* name : {"carrier", "gravity", "account", "contacts"}) {
      fs::remove(service_.folder() + "/run/" + name + ".sock");
    }
  }

  const std::string path_ = "/carrier/loopback/" + kSecretInUrl + "/mo";
  Service service_;
  HttpClient client_;
  HttpAnswer last_;
};

TEST_F(NginxLogsTest, NoSecretOfAnUrlIsWrittenWhateverGoesWrong) {
  const std::string key = seed_key(service_.pg(), seed_account(service_.pg()));
  const HttpClient::Headers bearer{{"Authorization", "Bearer " + key}};
  const std::string large(70'000, 'x');
  EXPECT_EQ(ask("POST", path_, {}, large), 413);
  EXPECT_EQ(ask("POST", path_, {}, std::string(60'000, 'x')), 401);
  EXPECT_EQ(ask("POST", "/v1/contact-lists?token=" + kSecretInUrl, bearer, large), 400);
  EXPECT_EQ(ask("POST", "/v1/sms/send?token=" + kSecretInUrl, bearer, large), 400);
  EXPECT_EQ(ask("POST", path_, {}, std::string(2'000'000, 'x')), 413);
  EXPECT_EQ(ask("TRACE", path_), 405);
  EXPECT_EQ(ask("GET", path_ + std::string(40'000, 'x')), 414);
  EXPECT_EQ(ask("GET", path_, {{"X-Large", std::string(9'000, 'x')}}), 431);
  EXPECT_EQ(ask("GET", "/docs/" + kSecretInUrl), 404);
  EXPECT_EQ(ask("GET", "/docs/" + kSecretInUrl + "/"), 404);
  EXPECT_EQ(raw("GET " + path_ + " HTTP/1.1\r\n\r\n"), 400);  // no Host
  EXPECT_EQ(raw("GET " + path_ + " HTTP/9.9\r\nHost: x\r\n\r\n"), 505);
  EXPECT_EQ(raw("GET /%zz" + path_ + " HTTP/1.1\r\nHost: x\r\n\r\n"), 400);
  EXPECT_EQ(raw("POST " + path_ + " HTTP/1.1\r\nHost: x\r\nContent-Length: y\r\n\r\n"), 400);
  EXPECT_EQ(raw("GET " + path_ + " HTTP/1.1\r\nHost: x\r\nBad Header: y\r\n\r\n"), 400);
  EXPECT_EQ(ask("GET", "/ws?token=" + kSecretInUrl), 426);
  EXPECT_EQ(ask("GET", "/ws?token=" + kSecretInUrl,
                {{"Connection", "upgrade"},
                 {"Upgrade", "websocket"},
                 {"Sec-WebSocket-Version", "13"},
                 {"Sec-WebSocket-Key", "MDEyMzQ1Njc4OWFiY2RlZg=="}}),
            502);  // no bridge runs
  break_upstreams();
  // Kept connections live on for a moment.
  const auto broken = [&](std::string_view method, const std::string& target) {
    return wait_until([&] {
      return ask(method, target, {{"Referer", kSecretInUrl}}, method == "POST" ? "{}" : "") == 502;
    });
  };
  EXPECT_TRUE(broken("POST", path_));
  EXPECT_TRUE(broken("GET", "/v1/rc/connect?token=" + kSecretInUrl));
  EXPECT_TRUE(broken("GET", "/pay/sandbox/" + kSecretInUrl));
  EXPECT_TRUE(broken("GET", "/api/balance?api_key=" + kSecretInUrl));
  EXPECT_FALSE(contains(logs(), kSecretInUrl));
}

TEST_F(NginxLogsTest, WhatNginxItselfRefusedIsALine) {
  break_upstreams();
  EXPECT_EQ(ask("POST", path_, {}, "x=1"), 502);
  const std::string id = last_.headers.at("x-request-id");
  const auto line_of = [&](const std::string& part) {
    std::ifstream log(service_.folder() + "/run/nginx-problems.log");
    for (std::string line; std::getline(log, line);) {
      if (contains(line, part)) return line;
    }
    return std::string();
  };
  ASSERT_TRUE(wait_until([&] { return !line_of(id).empty(); }));
  const std::string line = line_of(id);
  EXPECT_EQ(member(line, "status"), "502");
  EXPECT_EQ(member(line, "place"), "/carrier");
  EXPECT_EQ(member(line, "method"), "POST");
  EXPECT_EQ(member(line, "upstream"), "unix:run/carrier.sock");
  // What a worker answered stands in the worker's log.
  EXPECT_EQ(ask("GET", "/api/none"), 404);
  const std::string own = last_.headers.at("x-request-id");
  EXPECT_EQ(ask("GET", "/docs/none"), 404);
  ASSERT_TRUE(wait_until([&] { return !line_of(last_.headers.at("x-request-id")).empty(); }));
  EXPECT_EQ(line_of(own), "");
}

}  // namespace nginx_logs_test
}  // namespace dundun
