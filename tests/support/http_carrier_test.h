// A service whose routes leave by a carrier of kind http, which a server of this machine plays.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "common/io/json.h"
#include "tests/support/carrier_contract.h"
#include "tests/support/http_carrier.h"
#include "tests/support/http_stand_in.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/text.h"

namespace dundun {

using Seen = HttpStandIn::Seen;
using Reply = HttpStandIn::Reply;

inline std::string json_text(const std::string& text) {
  JsonWriter json;
  json.value(std::string_view(text));
  return json.take();
}

inline std::string with_instead(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, text.npos) << from;
  return at == text.npos ? text : text.replace(at, from.size(), to);
}
// Stand-ins that answer as the carriers' documents say: each message by a number.
inline Reply africastalking_takes(int nth) {
  return {201,
          with_instead(contract_answer("africastalking", "taken"), "ATXid_1234",
                       "ATXid_00" + std::to_string(nth)),
          ""};
}
inline Reply africastalking_says(int code, const std::string& status) {
  const std::string refusal = contract_answer("africastalking", "route");
  return {201,
          with_instead(with_instead(refusal, "407", std::to_string(code)), "CouldNotRoute", status),
          ""};
}
inline Reply infobip_takes(int nth) {
  return {200,
          with_instead(contract_answer("infobip", "taken"),
                       "2250be2d4219-3af1-78856-aabe-1362af1edfd2", "IB-" + std::to_string(nth)),
          ""};
}

class HttpCarrierTest : public testing::Test {
 protected:
  void start(const std::string& name, HttpStandIn::Play play, const std::string& members = "") {
    start_described(name, shipped_description(name, members), std::move(play));
  }
  void start_described(const std::string& name, const std::string& description,
                       HttpStandIn::Play play) {
    carrier_ = name;
    gateway_ = std::make_unique<HttpStandIn>(std::move(play));
    const std::string folder = Stack::shared().folder() + "/http-carriers";
    const std::string database = Stack::shared().fresh_database();
    Pg before({.url = database});
    take_over(before, folder,
              {name,
               description,
               {{"base_url", gateway_->url()},
                {"api_key", "key-of-the-carrier"},
                {"username", "sandbox"},
                {"secret", "signs-the-callbacks"},
                {"webhook_secret", "whsec_x"},
                {"receipts_url", "http://127.0.0.1:1/carrier/" + name + "/dlr"}}});
    Service::Options options;
    options.environment = {{"CARRIER_SECRETS_DIR", folder}, {"SUBMIT_DOUBT_S", "3"}};
    service_ = std::make_unique<Service>(database, options);
    account_ = seed_account(pg());
    key_ = seed_key(pg(), account_);
    scheduler_ = service_->scheduler(600);
  }
  Pg& pg() { return service_->pg(); }

  HttpAnswer send(const std::string& text, const std::string& to = "+254712345678") {
    return service_->client().post(key_, "/api/messages/send",
                                   R"({"to":")" + to + R"(","text":)" + json_text(text) + "}");
  }
  std::string status() {
    const PgRows rows = sql_of_test(pg(), "select status, error_code from messages");
    return std::to_string(rows.i16(0, 0)) + " " + rows.maybe_text(0, 1).value_or("-");
  }
  bool reaches(const std::string& wanted) {
    return wait_until([&] { return status() == wanted; });
  }
  HttpAnswer call_back(const std::string& rest, const std::string& body, bool json,
                       const HttpClient::Headers& more = {}) {
    HttpClient::Headers headers = more;
    headers.emplace_back("Content-Type",
                         json ? "application/json" : "application/x-www-form-urlencoded");
    return service_->client().send("POST", "/carrier/" + carrier_ + rest, headers, body);
  }
  HttpAnswer with_secret(const std::string& body, bool json) {
    return call_back("/" + std::string(kCarrierSecret) + "/dlr", body, json);
  }
  int64_t count(const std::string& what) { return number_of(pg(), "select count(*) from " + what); }
  int64_t balance() {
    return number_of(pg(), "select balance_micros from wallets where environment = 0");
  }

  std::string carrier_;
  std::unique_ptr<HttpStandIn> gateway_;
  std::unique_ptr<Service> service_;
  Process scheduler_;
  int64_t account_ = 0;
  std::string key_;
};

}  // namespace dundun
