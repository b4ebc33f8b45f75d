#include <gtest/gtest.h>

#include "common/carrier/carrier_file.h"
#include "common/carrier/kannel/kannel.h"
#include "common/carrier/receipt_url.h"
#include "common/sms/dlr.h"
#include "smpp-guard/carrier_id.h"

namespace dundun {
namespace carrier_test {

using Kind = SubmitOutcome::Kind;

TEST(CarrierIdTest, OneIdInBothNotations) {
  EXPECT_EQ(normalize_carrier_id(" 00AF1 "), "af1");
  const auto forms = carrier_id_forms("af1");
  EXPECT_EQ(forms, (std::vector<std::string>{"af1", "2801"}));
  EXPECT_EQ(carrier_id_forms("2801"), (std::vector<std::string>{"2801", "10241", "af1"}));
  EXPECT_EQ(carrier_id_forms("x-y"), (std::vector<std::string>{"x-y"}));
  EXPECT_EQ(carrier_id_forms("12-y"), (std::vector<std::string>{"12-y"}));
  EXPECT_EQ(normalize_carrier_id("0100"), "100");
  EXPECT_EQ(normalize_carrier_id("000"), "");
}

TEST(ReceiptUrlTest, AReferenceComesBackAsItWas) {
  const PartReference reference{7, Environment::kLive, new_uuid7(), 2, 3};
  const auto back = parse_reference(reference_text(reference));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->account_id, 7);
  EXPECT_EQ(back->message_id, reference.message_id);
  EXPECT_EQ(back->part, 2);
  EXPECT_EQ(back->parts, 3);
}

TEST(ReceiptUrlTest, WhatIsNoReferenceIsNone) {
  const std::string id(32, 'a');
  for (const std::string& text :
       {std::string(), std::string("7"), "7-0-" + id, "7-0-" + id + "-1", "7-0-" + id + "-0-1",
        "7-0-" + id + "-2-1", "7-2-" + id + "-1-1", "x-0-" + id + "-1-1",
        "7-0-" + id.substr(1) + "-1-1", "7-0-" + id + "-1-1-1", "7-0-" + id + "-1-256"}) {
    EXPECT_FALSE(parse_reference(text)) << text;
  }
}

TEST(ReceiptUrlTest, TheSignatureIsOfOnePartOnly) {
  EXPECT_NE(receipt_signature("secret", "7-0-a-1-2"), receipt_signature("secret", "7-0-a-2-2"));
  EXPECT_NE(receipt_signature("secret", "7-0-a-1-2"), receipt_signature("other", "7-0-a-1-2"));
}

TEST(CarrierFileTest, ANameIsNoPath) {
  EXPECT_TRUE(is_carrier_name("kannel-2"));
  for (const char* name : {"", "../kannel", "a/b", "Kannel", "a b"}) {
    EXPECT_FALSE(is_carrier_name(name)) << name;
    EXPECT_FALSE(read_carrier_file("/tmp", name));
  }
}

TEST(KannelOutcomeTest, WhatItsAnswersMean) {
  EXPECT_EQ(kannel_outcome(202, "0: Accepted for delivery", 1).kind, Kind::kAccepted);
  EXPECT_EQ(kannel_outcome(202, "3: Queued for later delivery", 1).kind, Kind::kAccepted);
  EXPECT_EQ(kannel_outcome(503, "Temporal failure, try again later.", 1).kind, Kind::kRetryLater);
  EXPECT_EQ(kannel_outcome(403, "Not routable. Do not try again.", 1).kind, Kind::kRefused);
  EXPECT_EQ(kannel_outcome(403, "Authorization failed for sendsms", 1).kind, Kind::kFailed);
  EXPECT_EQ(kannel_outcome(404, "", 1).kind, Kind::kFailed);
  EXPECT_EQ(kannel_outcome(500, "", 1).kind, Kind::kUnknown);
}

TEST(KannelOutcomeTest, LaterMeansLongerEachTime) {
  auto wait = std::chrono::milliseconds(0);
  for (int attempt = 1; attempt <= 7; ++attempt) {
    const auto next = kannel_outcome(503, "", attempt).retry_after;
    EXPECT_GT(next, wait);
    wait = next;
  }
  EXPECT_EQ(kannel_outcome(503, "", 100).retry_after, std::chrono::seconds(60));
}

TEST(KannelReceiptTest, WordsOfItsTypes) {
  EXPECT_EQ(kannel_receipt_word("1", "id:7 stat:DELIVRD err:000"), "DELIVRD");
  EXPECT_EQ(kannel_receipt_word("2", "id:7 stat:EXPIRED err:001"), "EXPIRED");
  EXPECT_EQ(kannel_receipt_word("2", ""), "UNDELIV");
  EXPECT_EQ(kannel_receipt_word("8", "ACK/"), "ACCEPTD");
  EXPECT_EQ(kannel_receipt_word("16", "NACK/0x0000000b/Invalid Destination"), "SUBMIT_FAIL");
  EXPECT_EQ(kannel_receipt_word("16", "NACK/0x00000400/Reserved"), "SUBMIT_UNKNOWN");
  EXPECT_EQ(kannel_receipt_word("16", "NACK/Retries Exceeded"), "SUBMIT_UNKNOWN");
  EXPECT_FALSE(kannel_receipt_word("3", ""));
  EXPECT_FALSE(kannel_receipt_word("", ""));
}

TEST(KannelSettingsTest, NamesWhatIsWrong) {
  const CarrierSecrets secrets{{"username", "u"}, {"password", "p"}, {"secret", "s"}};
  const std::string good = R"({"url": "http://x", "receipts_url": "http://y", "guarded": true})";
  const auto settings = read_kannel_settings(good, secrets);
  ASSERT_TRUE(settings);
  EXPECT_TRUE(settings->guarded);
  EXPECT_EQ(settings->dlr_mask, 0);
  EXPECT_FALSE(read_kannel_settings("{}", secrets));
  EXPECT_FALSE(read_kannel_settings("no json", secrets));
  EXPECT_FALSE(
      read_kannel_settings(R"({"url": "x", "receipts_url": "y", "queue_max": 0})", secrets));
  const auto without = read_kannel_settings(good, {{"username", "u"}, {"password", "p"}});
  ASSERT_FALSE(without);
  EXPECT_EQ(without.error().message, "secret is not in the carrier's file.");
}

TEST(PartsTest, OneVerdictForAllParts) {
  const auto verdict = [](const std::vector<PartWord>& words) {
    return judge_parts(2, words).word.value_or("none");
  };
  EXPECT_EQ(verdict({}), "none");
  EXPECT_EQ(verdict({{1, "DELIVRD"}}), "none");
  EXPECT_EQ(verdict({{1, "DELIVRD"}, {2, "ACCEPTD"}}), "ACCEPTD");
  EXPECT_EQ(verdict({{1, "DELIVRD"}, {2, "ACCEPTD"}, {2, "DELIVRD"}}), "DELIVRD");
  EXPECT_EQ(verdict({{2, "DELIVRD"}, {2, "DELIVRD"}, {1, "DELIVRD"}}), "DELIVRD");
  EXPECT_EQ(verdict({{2, "UNDELIV"}}), "UNDELIV");
  EXPECT_EQ(verdict({{1, "DELIVRD"}, {2, "EXPIRED"}}), "EXPIRED");
  // The handset had it after all.
  EXPECT_EQ(verdict({{1, "DELIVRD"}, {2, "UNDELIV"}, {2, "DELIVRD"}}), "DELIVRD");
  EXPECT_EQ(verdict({{1, "DELIVRD"}, {2, "DELIVRD"}, {2, "UNDELIV"}}), "DELIVRD");
  EXPECT_EQ(verdict({{1, "DELIVRD"}, {3, "DELIVRD"}}), "none");
  EXPECT_EQ(verdict({{0, "DELIVRD"}, {1, "DELIVRD"}}), "none");
  EXPECT_EQ(verdict({{1, "WHATEVER"}, {2, "DELIVRD"}}), "none");
}

TEST(PartsTest, FinishedWhenEveryPartHasItsLastWord) {
  EXPECT_FALSE(judge_parts(2, {{1, "UNDELIV"}}).finished);
  EXPECT_FALSE(judge_parts(2, {{1, "UNDELIV"}, {2, "ACCEPTD"}}).finished);
  EXPECT_TRUE(judge_parts(2, {{1, "UNDELIV"}, {2, "DELIVRD"}}).finished);
}

}  // namespace carrier_test
}  // namespace dundun
