// The customer of the webhook tests: his settings, his sends and the log of his calls. His server
// is a stand-in on loopback, which the allow-list opens.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "common/io/crypto.h"
#include "common/io/json.h"
#include "tests/support/http_stand_in.h"
#include "tests/support/seed.h"
#include "tests/support/suite_service.h"
#include "tests/support/text.h"

namespace dundun {

using Seen = HttpStandIn::Seen;
using Reply = HttpStandIn::Reply;

// As a customer checks a call, by the two documents and not by our code.
inline bool plain_verifies(const Seen& call, const std::string& secret) {
  return call.headers.at("x-webhook-signature") ==
         "sha256=" + to_hex(hmac_sha256(secret, call.body));
}
inline bool standard_verifies(const Seen& call, const std::string& secret) {
  const std::string key = from_base64(secret.substr(6)).value();
  const std::string signed_text =
      call.headers.at("webhook-id") + "." + call.headers.at("webhook-timestamp") + "." + call.body;
  const std::string wanted = "v1," + to_base64(hmac_sha256(key, signed_text));
  return contains(" " + call.headers.at("webhook-signature") + " ", " " + wanted + " ");
}

class WebhooksTest : public testing::Test {
 protected:
  WebhooksTest() : account_(seed_account(pg())), key_(seed_key(pg(), account_)) {}
  ~WebhooksTest() override { EXPECT_EQ(service().reconcile(), 0); }

  static Service& service() {
    static SuiteService shared;
    return shared.get();
  }
  static Pg& pg() { return service().pg(); }

  HttpAnswer put(const std::string& body) {
    return client_.send("PUT", "/api/webhooks",
                        {{"Authorization", "Bearer " + key_}, {"Content-Type", "application/json"}},
                        body);
  }
  HttpAnswer del(const std::string& target) {
    return client_.send("DELETE", target, {{"Authorization", "Bearer " + key_}});
  }
  void point_receipts_at(const HttpStandIn& sink) {
    const HttpAnswer answer = put(R"({"dlr_url":")" + sink.url() + R"(/dlr?a=1"})");
    ASSERT_EQ(answer.status, 200) << answer.body;
  }
  std::string secret() { return member(client_.get(key_, "/api/webhooks").body, "signing_secret"); }
  std::string send(const std::string& to = "+254712345678", const std::string& key = "") {
    const HttpAnswer answer = client_.post(key.empty() ? key_ : key, "/api/messages/send",
                                           R"({"to":")" + to + R"(","text":"Hi"})");
    EXPECT_EQ(answer.status, 200) << answer.body;
    return member(answer.body, "id");
  }
  std::string deliveries(const std::string& query = "") {
    return client_.get(key_, "/api/webhooks/deliveries" + query).body;
  }
  int64_t count(const std::string& condition) {
    return number_of(pg(), "select count(*) from webhook_deliveries where account_id = " +
                               std::to_string(account_) + " and " + condition);
  }
  // As if the time until the next attempts had passed.
  void hurry() {
    const std::string mine = " where account_id = " + std::to_string(account_);
    sql_of_test(pg(), "update webhook_lanes set not_before = '-infinity'" + mine);
    sql_of_test(pg(), "update webhook_queue set next_attempt_at = now()" + mine);
  }

  HttpClient client_ = service().client();
  int64_t account_;
  std::string key_;
};

}  // namespace dundun
