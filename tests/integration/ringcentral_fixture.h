// The product beside RingCentral's stand-in: a tenant with an app, a route by RingCentral.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "common/io/redis.h"
#include "tests/support/ringcentral.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"

namespace dundun {

inline std::string json_field(const std::string& body, const std::string& name) {
  const std::string mark = "\"" + name + "\":";
  size_t at = body.find(mark);
  if (at == std::string::npos) return "";
  at += mark.size();
  if (body[at] == '"') return body.substr(at + 1, body.find('"', at + 1) - at - 1);
  return body.substr(at, body.find_first_of(",}", at) - at);
}

class RingCentralTest : public testing::Test {
 protected:
  static constexpr const char* kUser = "629893001";  // an extension
  static constexpr const char* kFrom = "+254700000001";
  static constexpr const char* kTo = "+254712345678";

  RingCentralTest() {
    ringcentral_.give_number(kUser, "254700000001");  // RingCentral leaves the plus out
    ringcentral_.on_subscribe([this](const std::string& token) {
      const HttpAnswer answer = service_->client().send("POST", "/v1/webhooks/ringcentral",
                                                        {{"Validation-Token", token}}, "{}");
      const auto echoed = answer.headers.find("validation-token");
      const bool json = answer.headers.contains("content-type") &&
                        answer.headers.at("content-type").starts_with("application/json");
      return answer.status == 200 && json && echoed != answer.headers.end() ? echoed->second : "";
    });
  }
  ~RingCentralTest() override { forget_bad_keys(Stack::shared().redis_url()); }

  void start(std::map<std::string, std::string> environment = {}, const std::string& more = "") {
    // Every test's user is the same one, and its minute is counted.
    (void)Redis({.url = Stack::shared().redis_url()})
        .run({"DEL", "numberpace:{" + std::string(kUser) + "}"});
    static int folders = 0;
    const std::string carriers =
        Stack::shared().folder() + "/rc-carriers-" + std::to_string(++folders);
    std::filesystem::create_directories(carriers);
    std::ofstream(carriers + "/ringcentral")
        << "client_id=" << RingCentralStandIn::kClientId
        << "\nclient_secret=" << RingCentralStandIn::kClientSecret << "\n";
    environment["CARRIER_SECRETS_DIR"] = carriers;
    environment.try_emplace("RC_LOOK_EVERY_MS", "20");
    const std::string database = Stack::shared().fresh_database();
    Pg before({.url = database});
    sql_of_test(before, R"(insert into carriers (carrier, secret_hashes, kind, settings) values
      ('ringcentral', '{}', 'ringcentral', '{"public_url": "http://127.0.0.1:9",)" +
                            more + R"( "server_url": ")" + ringcentral_.url() + R"("}'))");
    sql_of_test(before, "update routes set connector = 'ringcentral' where country = 'KE'");
    Service::Options options;
    options.environment = std::move(environment);
    service_ = std::make_unique<Service>(database, options);
    key_ = make_tenant(account_);
  }
  Pg& pg() { return service_->pg(); }

  // A tenant with an app; the app's key.
  std::string make_tenant(int64_t& account, const std::string& scopes = "{send,query,webhooks}") {
    account = seed_account(pg());
    const std::string id = "app_00000000000000" + std::to_string(10 + account % 90);
    const std::string key = seed_key(pg(), account, KeyKind::kLive, scopes);
    sql_of_test(pg(), "insert into apps (account_id, app_id, name) values (" +
                          std::to_string(account) + ", '" + id + "', 'Till')");
    sql_of_test(pg(), "update api_keys set app_id = '" + id +
                          "' where account_id = " + std::to_string(account));
    return key;
  }
  HttpAnswer call(const char* method, const std::string& path, const std::string& key = "",
                  const std::string& body = "", HttpClient::Headers headers = {}) {
    if (!key.empty()) headers.emplace_back("X-API-Key", key);
    return service_->client().send(method, "/v1" + path, headers, body);
  }
  std::string link(const std::string& key) {
    const HttpAnswer answer = call("POST", "/rc/connect-token", key);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return json_field(answer.body, "connectUrl");
  }
  HttpAnswer press(const std::string& path) {
    return call("POST", "/rc/connect", "", path.substr(path.find("token=")),
                {{"Content-Type", "application/x-www-form-urlencoded"}});
  }
  static std::string cookie_of(const HttpAnswer& answer) {
    const auto cookie = answer.headers.find("set-cookie");
    return cookie == answer.headers.end() ? "" : cookie->second.substr(0, cookie->second.find(';'));
  }
  // All of it, as a browser does; the callback's answer.
  HttpAnswer connect(const std::string& key, const std::string& extension,
                     const std::string& more = "") {
    const HttpAnswer left = press(link(key));
    EXPECT_EQ(left.status, 303) << left.body;
    const std::string back = ringcentral_.authorize(left.headers.at("location"), extension);
    EXPECT_NE(back, "") << left.headers.at("location");
    return service_->client().send("GET", back + more, {{"Cookie", cookie_of(left)}});
  }
  HttpAnswer send(const std::string& key, const std::string& from = kFrom) {
    return call("POST", "/sms/send", key,
                R"({"from":")" + from + R"(","to":")" + kTo + R"(","body":"Van is outside"})");
  }
  std::string sent(const std::string& key) {
    const HttpAnswer answer = send(key);
    EXPECT_EQ(answer.status, 202) << answer.body;
    return json_field(answer.body, "messageId");
  }
  std::string message(const std::string& id) { return call("GET", "/sms/status/" + id, key_).body; }
  bool becomes(const std::string& id, const std::string& status) {
    return wait_until([&] { return json_field(message(id), "status") == status; });
  }
  int64_t balance() {
    return number_of(pg(),
                     "select balance_micros from wallets where environment = 0 and "
                     "account_id = " +
                         std::to_string(account_));
  }

  RingCentralStandIn ringcentral_;
  std::unique_ptr<Service> service_;
  int64_t account_ = 0;
  std::string key_;
};

}  // namespace dundun
