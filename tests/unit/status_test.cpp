// States of a message, the words of receipts that move it, and names of senders.
#include "common/sms/status.h"

#include <gtest/gtest.h>

#include "common/sms/dlr.h"
#include "common/sms/sender_id.h"

namespace dundun {
namespace status_test {

TEST(StatusTest, OnlyMovesForwardExceptALateDelivery) {
  using enum MessageStatus;
  EXPECT_TRUE(may_move(kQueued, kSubmitted));
  EXPECT_TRUE(may_move(kQueued, kDelivered)) << "a receipt may come before the submit's answer";
  EXPECT_FALSE(may_move(kDelivered, kSubmitted));
  EXPECT_FALSE(may_move(kSubmitted, kQueued));
  EXPECT_TRUE(may_move(kFailed, kDelivered));
  EXPECT_FALSE(may_move(kDelivered, kFailed));
  EXPECT_FALSE(may_move(kSubmitted, kCancelled));
  for (int to = 1; to <= 9; ++to) {
    for (MessageStatus from : {kDelivered, kCancelled, kExpired}) {
      EXPECT_FALSE(may_move(from, MessageStatus(to)));
    }
  }
  // Rows and columns: scheduled, queued, submitted, sent, delivered, failed, retrying, cancelled,
  // expired.
  const char* const moves[] = {"-yyyyyyyy", "--yyyyyyy", "---yyy---", "----yy---", "---------",
                               "----y-y--", "-yyyyy-yy", "---------", "---------"};
  const char* const names[] = {"scheduled", "queued",   "submitted", "sent",   "delivered",
                               "failed",    "retrying", "cancelled", "expired"};
  for (int from = 1; from <= 9; ++from) {
    EXPECT_EQ(status_name(MessageStatus(from)), names[from - 1]);
    for (int to = 1; to <= 9; ++to) {
      EXPECT_EQ(may_move(MessageStatus(from), MessageStatus(to)), moves[from - 1][to - 1] == 'y')
          << names[from - 1] << " to " << names[to - 1];
    }
  }
  EXPECT_EQ(status_name(MessageStatus(0)), "unknown");
  for (int status = 1; status <= 9; ++status) {
    EXPECT_EQ(parse_status(status_name(MessageStatus(status))), MessageStatus(status));
  }
}

TEST(DlrTest, KnowsTheWordsAndKeepsTheOthersHarmless) {
  EXPECT_EQ(judge_dlr("DELIVRD").status, MessageStatus::kDelivered);
  EXPECT_EQ(judge_dlr("ACCEPTD").status, MessageStatus::kSent);
  EXPECT_EQ(judge_dlr("UNDELIV").status, MessageStatus::kFailed);
  const struct {
    const char* word;
    bool never_taken;
  } failures[] = {{"UNDELIV", false},       {"REJECTD", false},  {"EXPIRED", false},
                  {"DELETED", false},       {"FAILED", false},   {"SUBMIT_FAIL", true},
                  {"SUBMIT_UNKNOWN", true}, {"THROTTLED", false}};
  for (const auto& one : failures) {
    const DlrVerdict verdict = judge_dlr(one.word);
    EXPECT_EQ(verdict.status, MessageStatus::kFailed) << one.word;
    EXPECT_EQ(verdict.never_taken, one.never_taken) << one.word;
  }
  EXPECT_EQ(normalize_dlr_word(std::string(30, 'x')), std::string(20, 'X'));
  EXPECT_EQ(normalize_dlr_word(" delivrd\n"), "DELIVRD");
  EXPECT_EQ(normalize_dlr_word("\"},{evil"), "EVIL");
}

TEST(SenderIdTest, FollowsTheRuleOfNames) {
  for (const char* good : {"A", "MyApp", "Kijani 24", "ABCDEFGHIJK"}) {
    EXPECT_TRUE(is_valid_sender_name(good)) << good;
  }
  for (const char* bad : {"", " A", "A ", "ABCDEFGHIJKL", "Müller", "a-b", "x\n"}) {
    EXPECT_FALSE(is_valid_sender_name(bad)) << bad;
  }
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

}  // namespace status_test
}  // namespace dundun
