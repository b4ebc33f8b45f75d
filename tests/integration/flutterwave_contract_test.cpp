// Flutterwave's own documents (tests/data/carriers/flutterwave.txt) against our client, which asks
// a stand-in that answers with their lines:
//   request | pointer | value | source
//   checkout | name | HTTP status | answer | link, or - | source
//   verify | name | HTTP status | answer | paid, unknown or trouble | source
//   status | their word | paid, failed or other | source
//   callback | name | right or wrong hash | body | paid, other, bad or stranger | source
#include <gtest/gtest.h>

#include "common/carrier/http/callback.h"
#include "common/pay/provider.h"
#include "common/pay/reference.h"
#include "tests/support/carrier_contract.h"
#include "tests/support/http_stand_in.h"
#include "tests/support/text.h"

namespace dundun {
namespace flutterwave_contract_test {

using State = PaymentNotice::State;

constexpr const char* kHash = "the webhook's hash";

class FlutterwaveContractTest : public testing::Test {
 protected:
  FlutterwaveContractTest()
      : stand_in_([](const auto&) { return HttpStandIn::Reply{}; }), config_(config()) {
    payment_.account_id = 42;
    payment_.payment_id = *parse_uuid("01984f6e-6a10-7c11-9b52-31c6a6a0d9f4");
    payment_.environment = Environment::kLive;
    payment_.amount_micros = 500'000'000;
    payment_.currency = "KES";
    reference_ = payment_reference({payment_.account_id, payment_.payment_id}, config_.secret);
    provider_ = make_payment_provider("flutterwave", config_);
  }
  PaymentConfig config() const {
    PaymentConfig config;
    config.provider = "flutterwave";
    config.secret = "a secret for tests only";
    config.public_url = "https://sms.example.com";
    config.flutterwave_base_url = stand_in_.url() + "/v3";
    config.flutterwave_secret_key = "FLWSECK_TEST-1";
    config.flutterwave_secret_hash = kHash;
    config.flutterwave_customer_email = "billing@example.com";
    return config;
  }
  std::string with_reference(std::string text) const {
    const std::string word = "REFERENCE";
    for (size_t at; (at = text.find(word)) != std::string::npos;) {
      text.replace(at, word.size(), reference_);
    }
    return text;
  }
  void will_answer(int status, const std::string& body) {
    stand_in_.play([status, text = with_reference(body)](const auto&) {
      return HttpStandIn::Reply{status, text, ""};
    });
  }
  static std::string word_of(const Result<PaymentNotice>& notice) {
    if (notice) {
      if (notice->state == State::kPaid) return "paid";
      return notice->state == State::kFailed ? "failed" : "other";
    }
    switch (notice.error().code) {
      case ErrorCode::kPaymentRefused:
        return "unknown";
      case ErrorCode::kUnavailable:
        return "trouble";
      case ErrorCode::kInvalidSignature:
        return "stranger";
      default:
        return "bad";
    }
  }
  // How they answer when they are asked for a transaction: the line `paid`, with this status.
  void knows_transaction(const std::string& status) {
    std::string answer = contract_line("verify", "paid").at(3);
    const std::string paid = R"("status":"successful")";
    answer.replace(answer.find(paid), paid.size(), R"("status":")" + status + "\"");
    will_answer(200, answer);
  }
  static Case contract_line(const std::string& kind, const std::string& name) {
    for (const Case& line : contract_of("flutterwave", kind)) {
      if (line.at(1) == name) return line;
    }
    ADD_FAILURE() << "no " << kind << " " << name;
    return {};
  }

  HttpStandIn stand_in_;
  PaymentConfig config_;
  Payment payment_{};
  std::string reference_;
  std::unique_ptr<PaymentProvider> provider_;
};

TEST_F(FlutterwaveContractTest, TheCheckoutIsAskedForAsTheyReadIt) {
  will_answer(200, contract_line("checkout", "made").at(3));
  ASSERT_TRUE(provider_->checkout(payment_));
  const HttpStandIn::Seen asked = stand_in_.seen().back();
  EXPECT_EQ(asked.method + " " + asked.target, "POST /v3/payments");
  EXPECT_EQ(asked.headers.at("authorization"), "Bearer FLWSECK_TEST-1");
  const CarrierDocument sent = CarrierDocument::of_text(asked.body);
  for (const Case& line : contract_of("flutterwave", "request")) {
    const auto path = ValuePath::parse(line.at(1));
    ASSERT_TRUE(path) << line.at(1);
    if (line.at(1) == "/amount") {  // a number with decimals
      EXPECT_TRUE(contains(asked.body, "\"amount\":" + line.at(2) + ",")) << asked.body;
      continue;
    }
    EXPECT_EQ(sent.find(*path), with_reference(line.at(2))) << line.at(1) << ": " << asked.body;
  }
}

TEST_F(FlutterwaveContractTest, EveryAnswerHasItsMeaning) {
  for (const Case& line : contract_of("flutterwave", "checkout")) {
    will_answer(std::stoi(line.at(2)), line.at(3));
    const auto link = provider_->checkout(payment_);
    EXPECT_EQ(link ? *link : "-", line.at(4)) << line.at(1);
  }
  for (const Case& line : contract_of("flutterwave", "verify")) {
    will_answer(std::stoi(line.at(2)), line.at(3));
    EXPECT_EQ(word_of(provider_->ask(reference_)), line.at(4)) << line.at(1);
    const HttpStandIn::Seen asked = stand_in_.seen().back();
    EXPECT_EQ(asked.method + " " + asked.target,
              "GET /v3/transactions/verify_by_reference?tx_ref=" + reference_);
  }
}

TEST_F(FlutterwaveContractTest, EveryStatusHasAVerdict) {
  const auto statuses = contract_of("flutterwave", "status");
  EXPECT_GE(statuses.size(), 4u);
  for (const Case& line : statuses) {
    knows_transaction(line.at(1));
    EXPECT_EQ(word_of(provider_->ask(reference_)), line.at(2)) << line.at(1);
  }
}

TEST_F(FlutterwaveContractTest, EveryCallbackHasItsMeaning) {
  knows_transaction("successful");
  for (const Case& line : contract_of("flutterwave", "callback")) {
    const size_t before = stand_in_.seen().size();
    CallbackHeaders headers;
    headers.verif_hash = line.at(2) == "right" ? kHash : "another";
    const auto notice = provider_->verify_callback(headers, with_reference(line.at(3)));
    EXPECT_EQ(word_of(notice), line.at(4)) << line.at(1);
    if (line.at(4) != "paid") {
      EXPECT_EQ(stand_in_.seen().size(), before) << line.at(1) << " asks nobody";
      continue;
    }
    EXPECT_EQ(stand_in_.seen().back().target, "/v3/transactions/288200108/verify");
    EXPECT_EQ(notice->amount_micros, 500'000'000);
    EXPECT_EQ(notice->currency, "KES");
    EXPECT_EQ(notice->provider_reference, "288200108");
  }
}

}  // namespace flutterwave_contract_test
}  // namespace dundun
