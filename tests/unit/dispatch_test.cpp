// What a carrier's answer does to a message.
#include "common/carrier/dispatch.h"

#include <gtest/gtest.h>

#include "common/carrier/departure.h"
#include "common/carrier/submit_outcome.h"

namespace dundun {
namespace dispatch_test {

using Kind = SubmitOutcome::Kind;
using std::chrono::milliseconds;
using std::chrono::seconds;

const Instant kAt = *parse_rfc3339("2026-05-02T12:00:00Z");
constexpr RetryDelays kDelays{seconds(60), seconds(90)};

Submission submission(int attempt = 1, int auto_retries = 0) {
  Submission made{};
  made.account_id = 1;
  made.message_id = new_uuid7();
  made.claim.token = new_uuid7();
  made.claimed_as = MessageStatus::kQueued;
  made.attempt = attempt;
  made.auto_retries = auto_retries;
  made.carrier = "a";
  return made;
}

SubmitOutcome outcome(Kind kind) {
  SubmitOutcome made = outcome_of(kind, "CODE", "Why.");
  made.retry_after = milliseconds(1'500);
  made.carrier = "a";
  return made;
}

struct DispatchCase {
  const char* name;
  Kind kind;
  int attempt, auto_retries;
  MessageStatus to;
  const char* key;
  DispatchStep step;
  bool refundable;
};

TEST(DispatchTest, EachAnswerHasItsEvent) {
  using enum MessageStatus;
  const DispatchCase cases[] = {
      {"taken", Kind::kAccepted, 1, 0, kSubmitted, "submitted", DispatchStep::kFinish, false},
      {"refused", Kind::kRefused, 1, 0, kFailed, "failed", DispatchStep::kFinish, true},
      {"a first failure", Kind::kFailed, 1, 0, kRetrying, "retrying:1", DispatchStep::kReschedule,
       false},
      {"a second", Kind::kFailed, 2, 1, kRetrying, "retrying:2", DispatchStep::kReschedule, false},
      {"a third", Kind::kFailed, 3, 2, kFailed, "failed", DispatchStep::kFinish, true},
      {"later", Kind::kRetryLater, 9, 0, kQueued, "throttled:9", DispatchStep::kReschedule, false},
      {"later for too long", Kind::kRetryLater, 10, 0, kFailed, "failed", DispatchStep::kFinish,
       true},
      {"not its turn", Kind::kPaced, 99, 0, kQueued, "paced:99", DispatchStep::kReschedule, false}};
  for (const DispatchCase& one : cases) {
    const Submission sent = submission(one.attempt, one.auto_retries);
    const auto change = record_outcome(sent, outcome(one.kind), kAt, kDelays);
    ASSERT_TRUE(change) << one.name;
    EXPECT_EQ(change->to, one.to) << one.name;
    EXPECT_EQ(change->event_key, one.key) << one.name;
    EXPECT_EQ(change->dispatch, one.step) << one.name;
    EXPECT_EQ(change->refundable, one.refundable) << one.name;
    EXPECT_EQ(change->auto_retry, one.to == kRetrying) << one.name;
    EXPECT_EQ(change->claim.token, sent.claim.token) << one.name;
    EXPECT_FALSE(change->held_by) << one.name;
    EXPECT_EQ(change->due_at.has_value(), one.step == DispatchStep::kReschedule) << one.name;
  }
  EXPECT_FALSE(record_outcome(submission(), outcome(Kind::kUnknown), kAt, kDelays));
}

TEST(DispatchTest, ItIsDueAgainWhenItsTurnComes) {
  const auto due = [](Kind kind, int auto_retries) {
    return *record_outcome(submission(1, auto_retries), outcome(kind), kAt, kDelays)->due_at - kAt;
  };
  EXPECT_EQ(due(Kind::kRetryLater, 0), milliseconds(1'500));
  EXPECT_EQ(due(Kind::kPaced, 0), milliseconds(1'500));
  EXPECT_EQ(due(Kind::kFailed, 0), seconds(60));
  EXPECT_EQ(due(Kind::kFailed, 1), seconds(90));
  const auto detail = [](int auto_retries) {
    return record_outcome(submission(1, auto_retries), outcome(Kind::kFailed), kAt, kDelays)
        ->detail;
  };
  EXPECT_EQ(detail(0), "Why. Again in 1 min.");
  EXPECT_EQ(detail(1), "Why. Again in 90 s.");
}

TEST(DispatchTest, WhatNeverLeftIsRefunded) {
  const AdvanceMessage late = too_late(submission());
  EXPECT_EQ(late.to, MessageStatus::kExpired);
  EXPECT_TRUE(late.refundable);
  EXPECT_EQ(late.error_code, "EXPIRED");
  const AdvanceMessage unwanted = recipient_opted_out(submission());
  EXPECT_EQ(unwanted.to, MessageStatus::kFailed);
  EXPECT_TRUE(unwanted.refundable);
  EXPECT_EQ(unwanted.error_code, "OPTED_OUT");
  const AdvanceMessage unknown = submit_unknown(submission());
  EXPECT_TRUE(unknown.refundable);
  EXPECT_EQ(unknown.error_code, "SUBMIT_UNKNOWN");
  EXPECT_EQ(unknown.carrier, "a");
  const AdvanceMessage waiting = wait_for_window(submission(3), kAt);
  EXPECT_FALSE(waiting.refundable);
  EXPECT_EQ(waiting.to, MessageStatus::kQueued);
  EXPECT_EQ(waiting.due_at, kAt);
  EXPECT_EQ(waiting.event_key, "postponed:3");
}

TEST(DispatchTest, WhatADepartureDependsOnIsAskedInOneOrder) {
  const auto verdict = [](Departure departure, bool held = false) -> std::string {
    Submission leaving = submission();
    leaving.held = held;
    const auto change = kept_back(leaving, departure);
    if (!change) return "leaves";
    EXPECT_EQ(change->claim.token, leaving.claim.token);
    const bool waits = change->dispatch == DispatchStep::kReschedule;
    EXPECT_EQ(change->refundable, !waits);
    // Who may have it is not forgotten.
    EXPECT_EQ(change->held_by.has_value(), waits && held);
    return waits ? change->event : *change->error_code;
  };
  EXPECT_EQ(verdict({}), "leaves");
  EXPECT_EQ(verdict({}, true), "leaves");
  Departure departure;
  departure.window_opens = kAt;
  EXPECT_EQ(verdict(departure), "postponed");
  EXPECT_EQ(verdict(departure, true), "SUBMIT_UNKNOWN");
  departure.route_active = false;
  EXPECT_EQ(verdict(departure), "NO_ROUTE");
  departure.sender_approved = false;
  EXPECT_EQ(verdict(departure), "SENDER_NOT_APPROVED");
  departure.too_late = true;
  EXPECT_EQ(verdict(departure), "EXPIRED");
  departure.opted_out = true;
  EXPECT_EQ(verdict(departure), "OPTED_OUT");
  departure.account = AccountStatus::kClosed;
  EXPECT_EQ(verdict(departure), "ACCOUNT_CLOSED");
  EXPECT_EQ(verdict(departure, true), "SUBMIT_UNKNOWN");
  departure.account = AccountStatus::kSuspended;
  EXPECT_EQ(verdict(departure), "held");
  EXPECT_EQ(verdict(departure, true), "held");
}

TEST(SubmitOutcomeTest, WaitsDoubleUpToAMinute) {
  const std::pair<int, int> cases[] = {{0, 1},  {1, 1},  {2, 2},  {3, 4},  {4, 8},
                                       {5, 16}, {6, 32}, {7, 60}, {8, 60}, {1'000, 60}};
  for (const auto& [attempt, wait_s] : cases) {
    EXPECT_EQ(try_later(attempt, "").retry_after, seconds(wait_s)) << attempt;
  }
}

TEST(SubmitOutcomeTest, WhoCannotBeReachedIsInTroubleAndWhoIsBusyIsNot) {
  HttpOutcome http{};
  const SubmitOutcome unreached = not_submitted(http, 1);
  EXPECT_EQ(unreached.kind, Kind::kRetryLater);
  EXPECT_TRUE(unreached.carrier_trouble);
  http.no_turn = true;
  const SubmitOutcome busy = not_submitted(http, 1);
  EXPECT_EQ(busy.kind, Kind::kPaced);
  EXPECT_FALSE(busy.carrier_trouble);
  EXPECT_EQ(busy.retry_after, seconds(1));
}

}  // namespace dispatch_test
}  // namespace dundun
