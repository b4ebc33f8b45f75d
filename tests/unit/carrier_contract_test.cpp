// The shipped descriptions against what the carriers' documents say (tests/data/carriers):
//   request | field or pointer | value | source
//   answer | name | HTTP status | body | what it means | code | elsewhere | carrier's code | source
//   receipt | body | our word | error | network | source
//   status | id | group id | name | meaning of an answer | code | elsewhere | our word | source
#include "tests/support/carrier_contract.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "common/carrier/http/answer.h"
#include "common/carrier/http/callback.h"
#include "common/carrier/http/connector.h"
#include "common/carrier/ringcentral/api.h"
#include "common/carrier/ringcentral/ringcentral.h"
#include "common/carrier/submit_outcome.h"
#include "common/io/json.h"
#include "common/sms/dlr.h"
#include "common/web/router.h"
#include "smpp-guard/receipt.h"

namespace dundun {
namespace carrier_contract_test {

using Kind = SubmitOutcome::Kind;

const CarrierSecrets kSecrets{{"base_url", "https://api.example.com"},
                              {"api_key", "k-1"},
                              {"username", "sandbox"},
                              {"secret", "s-1"},
                              {"receipts_url", "https://sms.example.com/carrier/x/dlr"}};

std::string text_of_description(const std::string& carrier) {
  std::ifstream file("deploy/carriers/" + carrier + ".json");
  return {std::istreambuf_iterator<char>(file), {}};
}

HttpDescription shipped(const std::string& carrier) {
  auto read = read_http_description(text_of_description(carrier), kSecrets);
  EXPECT_TRUE(read) << read.error().message;
  return read ? *std::move(read) : HttpDescription();
}

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

SubmitOutcome outcome(const HttpDescription& description, int status, const std::string& body) {
  HttpReply reply;
  reply.status = status;
  reply.body = body;
  return judge_answer(description.answer, std::move(reply), 1);
}

CarrierDocument document_of(const std::string& body) {
  if (body.starts_with('{')) return CarrierDocument::of_text(body);
  CarrierDocument::Fields form;
  EXPECT_TRUE(parse_query(body, form)) << body;
  return CarrierDocument::of_form(std::move(form));
}

HttpReceipt receipt_in(const HttpDescription& description, const std::string& body) {
  auto receipts = read_receipts(*description.dlr, document_of(body));
  EXPECT_TRUE(receipts) << body;
  EXPECT_EQ(receipts ? receipts->size() : 0, 1u) << body;
  return receipts && receipts->size() == 1 ? receipts->front() : HttpReceipt();
}

Submission example() {
  Submission message{};
  message.account_id = 42;
  message.environment = Environment::kLive;
  message.message_id = *parse_uuid("01984f6e-6a10-7c11-9b52-31c6a6a0d9f4");
  message.phone = "+254712345678";
  message.sender = "Kijani";
  message.body = "Gate 4";
  message.encoding = Encoding::kGsm7;
  message.segments = 1;
  message.not_after = now() + std::chrono::seconds(90 * 60 + 30);
  return message;
}

class CarrierContractTest : public testing::TestWithParam<const char*> {};

TEST_P(CarrierContractTest, TheRequestIsWhatTheCarrierReads) {
  const HttpCall call =
      http_call_for(shipped(GetParam()), example(), HttpTemplate::Secrets::kGiven);
  const CarrierDocument sent = document_of(call.body);
  for (const Case& line : contract_of(GetParam(), "request")) {
    const std::string at = line.at(1).starts_with('/') ? line.at(1) : "/" + line.at(1);
    const auto path = ValuePath::parse(at);
    ASSERT_TRUE(path) << at;
    EXPECT_EQ(sent.find(*path), line.at(2)) << at;
  }
}

TEST_P(CarrierContractTest, EveryAnswerHasItsMeaning) {
  const HttpDescription description = shipped(GetParam());
  for (const Case& line : contract_of(GetParam(), "answer")) {
    const SubmitOutcome judged = outcome(description, std::stoi(line.at(2)), line.at(3));
    EXPECT_EQ(meaning_of(judged.kind), line.at(4)) << line.at(1);
    EXPECT_EQ(or_dash(judged.error_code), line.at(5)) << line.at(1);
    EXPECT_EQ(judged.carrier_trouble ? "yes" : "no", line.at(6)) << line.at(1);
    EXPECT_EQ(or_dash(judged.carrier_code), line.at(7)) << line.at(1);
  }
}

TEST_P(CarrierContractTest, EveryReceiptHasItsWord) {
  const HttpDescription description = shipped(GetParam());
  for (const Case& line : contract_of(GetParam(), "receipt")) {
    const HttpReceipt receipt = receipt_in(description, line.at(1));
    EXPECT_EQ(receipt.word, line.at(2)) << line.at(1);
    EXPECT_EQ(or_dash(receipt.error), line.at(3)) << line.at(1);
    EXPECT_EQ(or_dash(receipt.network), line.at(4)) << line.at(1);
    EXPECT_TRUE(judge_dlr(receipt.word).status) << line.at(1);
  }
}

INSTANTIATE_TEST_SUITE_P(Shipped, CarrierContractTest, testing::Values("africastalking", "infobip"),
                         [](const auto& one) { return std::string(one.param); });

TEST(ValidityTest, ItEndsWithTheMessagesLastMoment) {
  const Instant at = now();
  Submission message{};
  EXPECT_EQ(validity_min(message, 0, at), 0) << "no limit at all";
  EXPECT_EQ(validity_min(message, 30, at), 30);
  message.not_after = at + std::chrono::seconds(359);
  EXPECT_EQ(validity_min(message, 0, at), 5) << "not a minute too long";
  EXPECT_EQ(validity_min(message, 30, at), 5);
  EXPECT_EQ(validity_min(message, 3, at), 3);
  message.not_after = at + std::chrono::seconds(5);
  EXPECT_EQ(validity_min(message, 30, at), 1) << "0 would be none";
}

TEST(ValidityTest, ADescriptionMayHaveItsOwn) {
  const std::string text =
      R"({"url": "https://x.example.com", "json": {"to": "{{to}}", "v": "{{validity_min}}",)"
      R"( "text": "{{text}} {{validity_min}}"}, "validity_min": 60,)"
      R"( "answer": {"rules": [{"http": 200, "means": "accepted"}]}})";
  const auto description = read_http_description(text, kSecrets);
  ASSERT_TRUE(description) << description.error().message;
  Submission message = example();
  message.body = R"("{{validity_min}}")";
  message.not_after.reset();
  EXPECT_EQ(http_call_for(*description, message, HttpTemplate::Secrets::kGiven).body,
            R"({"to":"+254712345678","v":60,"text":"\"{{validity_min}}\" 60"})");
}

// A name that the description does not spell out would be judged by its group only.
TEST(InfobipRegistryTest, EveryStatusOfTheVendorHasAVerdict) {
  const HttpDescription description = shipped("infobip");
  const std::string text = text_of_description("infobip");
  for (const Case& line : contract_of("infobip", "status")) {
    const std::string& name = line.at(3);
    EXPECT_TRUE(description.dlr->words.contains(name)) << name;
    EXPECT_NE(text.find("\"" + name + "\""), text.rfind("\"" + name + "\""))
        << name << " has no verdict as an answer";
    const std::string status = R"("status":{"id":)" + line.at(1) + R"(,"groupId":)" + line.at(2) +
                               R"(,"name":")" + name + R"("})";
    const SubmitOutcome judged =
        outcome(description, 200, R"({"messages":[{"messageId":"x",)" + status + "}]}");
    EXPECT_EQ(meaning_of(judged.kind), line.at(4)) << name;
    EXPECT_EQ(or_dash(judged.error_code), line.at(5)) << name;
    EXPECT_EQ(judged.carrier_trouble ? "yes" : "no", line.at(6)) << name;
    const HttpReceipt receipt =
        receipt_in(description, R"({"results":[{"messageId":"x",)" + status + "}]}");
    EXPECT_EQ(receipt.word, line.at(7)) << name;
  }
}

// The description that fetches differs in how receipts and texts come, and in nothing else.
TEST(InfobipRegistryTest, ThePolledOneJudgesAlike) {
  const auto between = [](const std::string& carrier, const std::string& from,
                          const std::string& to) {
    const std::string text = text_of_description(carrier);
    const size_t begin = text.find(from), end = text.find(to);
    EXPECT_LT(begin, end) << carrier;
    return text.substr(begin, end - begin);
  };
  const std::string answer = "  \"answer\": {", dlr = "  \"dlr\": {\n    \"list\"",
                    mo = "\n  \"mo\"";
  EXPECT_EQ(between("infobip-polled", answer, "  \"polls\""),
            between("infobip", answer, "  \"receipts_url\""));
  EXPECT_EQ(between("infobip-polled", dlr, mo), between("infobip", dlr, mo));
  const HttpDescription description = shipped("infobip-polled");
  ASSERT_TRUE(description.dlr_poll && description.mo_poll);
  EXPECT_TRUE(description.dlr_poll->again && description.mo_poll->again);
}

// What our own account with the carrier lacks is not the customer's to pay.
TEST(InfobipRegistryTest, TroubleOfOurOwnAccountIsGivenBack) {
  for (const Case& line : contract_of("infobip", "status")) {
    const bool ours =
        line.at(1) == "12" || line.at(1) == "17" || line.at(1) == "19" || line.at(1) == "21";
    EXPECT_EQ(judge_dlr(line.at(7)).never_taken, ours) << line.at(3);
  }
}

// ringcentral.txt has besides: grant | name | HTTP status | body | whose fault | source
//                              status | messageStatus | our word | source
TEST(RingCentralContractTest, EveryAnswerHasItsMeaning) {
  for (const Case& line : contract_of("ringcentral", "answer")) {
    const SubmitOutcome judged = ringcentral_outcome(std::stoi(line.at(2)), line.at(3), 0);
    EXPECT_EQ(meaning_of(judged.kind), line.at(4)) << line.at(1);
    EXPECT_EQ(or_dash(judged.error_code), line.at(5)) << line.at(1);
    EXPECT_EQ(or_dash(judged.carrier_code), line.at(7)) << line.at(1);
  }
  for (const Case& line : contract_of("ringcentral", "status")) {
    EXPECT_EQ(or_dash(std::string(ringcentral_word(line.at(1)))), line.at(2)) << line.at(1);
  }
}

TEST(RingCentralContractTest, EveryRefusalOfTokensIsLaidAtTheRightDoor) {
  for (const Case& line : contract_of("ringcentral", "grant")) {
    HttpReply reply;
    reply.status = std::stoi(line.at(2));
    reply.body = line.at(3);
    const ErrorCode code = ringcentral_grant_refusal(reply).code;
    EXPECT_EQ(code == ErrorCode::kExpiredToken, line.at(4) == "user") << line.at(1);
    EXPECT_EQ(code == ErrorCode::kUnavailable, line.at(4) != "user") << line.at(1);
  }
}

TEST(KannelContractTest, EveryReceiptIsRead) {
  for (const Case& line : contract_of("kannel", "receipt")) {
    SmppMessage message;
    message.esm_class = kEsmReceipt;
    message.text = line.at(1);
    const auto receipt = receipt_of(
        {static_cast<uint32_t>(SmppCommand::kDeliverSm), kSmppOk, 7, smpp_body(message)});
    ASSERT_TRUE(receipt) << line.at(1);
    EXPECT_EQ(receipt->id, line.at(2));
    EXPECT_EQ(receipt->word, line.at(3)) << line.at(1);
    EXPECT_EQ(or_dash(receipt->error), line.at(4)) << line.at(1);
  }
}

}  // namespace carrier_contract_test
}  // namespace dundun
