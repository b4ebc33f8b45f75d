// Kannel's answers, receipts and settings.
#include "common/carrier/kannel/kannel.h"

#include <gtest/gtest.h>

namespace dundun {
namespace kannel_test {

using Kind = SubmitOutcome::Kind;

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
  // From smpp-guard: an SMSC's own 0x400 is no doubt.
  EXPECT_EQ(kannel_receipt_word("16", "doubt"), "SUBMIT_UNKNOWN");
  EXPECT_EQ(kannel_receipt_word("16", "status:0x0400"), "SUBMIT_FAIL");
  EXPECT_EQ(kannel_receipt_word("16", "status:0x00000400"), "SUBMIT_FAIL");
  EXPECT_EQ(kannel_receipt_word("16", "0x00000400"), "SUBMIT_UNKNOWN") << "of a guard before";
  EXPECT_FALSE(kannel_receipt_word("3", ""));
  EXPECT_FALSE(kannel_receipt_word("", ""));
}

TEST(KannelReceiptTest, TheCarriersOwnCodeIsKept) {
  EXPECT_EQ(kannel_receipt_error("16", "NACK/0x0000000b/Invalid Destination"), "0x0B");
  EXPECT_EQ(kannel_receipt_error("16", "status:0x04F1"), "0x04F1");
  EXPECT_EQ(kannel_receipt_error("16", "doubt"), "");
  EXPECT_EQ(kannel_receipt_error("16", "NACK/Retries Exceeded"), "");
  EXPECT_EQ(kannel_receipt_error("2", "id:7 stat:UNDELIV err:027 text:"), "027");
  EXPECT_EQ(kannel_receipt_error("2", "stat:UNDELIV Err:E-5"), "E5");
  EXPECT_EQ(kannel_receipt_error("2", "stat:UNDELIV err:000"), "");
  EXPECT_EQ(kannel_receipt_error("2", "stat:UNDELIV"), "");
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

}  // namespace kannel_test
}  // namespace dundun
