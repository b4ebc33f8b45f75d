// Rules of admission beside the charge: retries, refunds, withdrawal, opt-outs, what is known once.
#include <gtest/gtest.h>

#include "common/journal/admission.h"

namespace dundun {
namespace admission_rules_test {

using Outcome = CommitResult::Outcome;
using Status = MessageStatus;

constexpr Micros kCost = 100;
const Uuid kMessage = new_uuid7();
const Uuid kClaim = new_uuid7();

AcceptMessage accept() {
  AcceptMessage change{};
  change.account_id = 1;
  change.environment = Environment::kLive;
  change.message_id = new_uuid7();
  change.phone = "+254700000111";
  change.cost_micros = kCost;
  return change;
}

AdvanceMessage advance(Status to, const std::string& key, DispatchStep step = DispatchStep::kKeep) {
  AdvanceMessage change{};
  change.account_id = 1;
  change.environment = Environment::kLive;
  change.message_id = kMessage;
  change.to = to;
  change.event = key;
  change.event_key = key;
  change.dispatch = step;
  change.claim.token = kClaim;
  change.refundable = true;
  return change;
}

class AdmissionRulesTest : public testing::Test {
 protected:
  AdmissionRulesTest() { wallet().balance_micros = 1'000; }
  WalletState& wallet(Environment environment = Environment::kLive) {
    return known_.wallets[{1, environment}];
  }
  MessageState& message() { return known_.messages[{1, kMessage}]; }
  // A message that was paid and stands so.
  void given(Status status) {
    message() = {};
    message().status = status;
    message().cost_micros = kCost;
    known_.events.clear();
  }
  Decision run(const Change& change) { return decide(change, new_uuid7(), known_); }
  Outcome outcome(const Change& change) { return run(change).result.outcome; }

  Known known_;
};

TEST_F(AdmissionRulesTest, OnlyAFailedMessageIsSentAgain) {
  for (int status = 1; status <= 9; ++status) {
    given(Status(status));
    AcceptMessage retry = accept();
    retry.retry_of = kMessage;
    const Decision decision = run(retry);
    const bool may = Status(status) == Status::kFailed;
    EXPECT_EQ(decision.result.outcome, may ? Outcome::kCommitted : Outcome::kNotAllowed)
        << status_name(Status(status));
    EXPECT_EQ(message().retry_count, may ? 1 : 0) << status_name(Status(status));
    if (!may) {
      EXPECT_EQ(decision.result.status, Status(status));
      EXPECT_EQ(decision.result.message_id, kMessage);
      EXPECT_FALSE(decision.ledger);
    }
  }
  EXPECT_EQ(wallet().balance_micros, 1'000 - kCost);
  AcceptMessage unknown = accept();
  unknown.retry_of = new_uuid7();
  const Decision decision = run(unknown);
  EXPECT_EQ(decision.result.outcome, Outcome::kNotFound);
  EXPECT_EQ(decision.result.message_id, *unknown.retry_of);
}

TEST_F(AdmissionRulesTest, AutomaticRetriesAreNoneOfTheManualOnes) {
  const struct {
    int all, automatic;
    bool may;
  } cases[] = {{0, 0, true},   {9, 0, true},   {10, 0, false}, {11, 0, false},
               {2, 2, true},   {10, 1, true},  {11, 1, false}, {11, 2, true},
               {12, 2, false}, {10, 10, true}, {13, 2, false}, {12, 3, true}};
  for (const auto& one : cases) {
    given(Status::kFailed);
    message().retry_count = one.all;
    message().auto_retries = one.automatic;
    wallet() = {};
    wallet().balance_micros = kCost;
    AcceptMessage retry = accept();
    retry.retry_of = kMessage;
    const Decision decision = run(retry);
    EXPECT_EQ(decision.result.outcome, one.may ? Outcome::kCommitted : Outcome::kTooManyRetries)
        << one.all << " of which automatic " << one.automatic;
    EXPECT_EQ(message().retry_count, one.all + (one.may ? 1 : 0));
    EXPECT_EQ(decision.result.retry_count, one.may ? one.all + 1 : 0);
    EXPECT_EQ(wallet().balance_micros, one.may ? 0 : kCost);
  }
}

struct RefundCase {
  const char* name;
  Status from, to;
  bool accepted, never_taken, any_failure, refundable;
  bool refunded;
};

TEST_F(AdmissionRulesTest, MoneyGoesBackForWhatNoCarrierTook) {
  using enum MessageStatus;
  const RefundCase cases[] = {
      {"a refused submit", kQueued, kFailed, false, false, false, true, true},
      {"a cancelled one", kScheduled, kCancelled, false, false, false, true, true},
      {"an expired one", kRetrying, kExpired, false, false, false, true, true},
      {"not refundable", kQueued, kFailed, false, false, false, false, false},
      {"not refundable, of any failure", kSent, kFailed, true, false, true, false, false},
      {"taken", kSubmitted, kFailed, true, false, false, true, false},
      {"taken, of any failure", kSubmitted, kFailed, true, false, true, true, true},
      {"taken by a gateway only", kSubmitted, kFailed, true, true, false, true, true},
      {"delivered", kQueued, kDelivered, false, false, true, true, false},
      {"sent", kQueued, kSent, false, false, true, true, false},
      {"tried again", kQueued, kRetrying, false, false, true, true, false},
      {"failed after it was delivered", kDelivered, kFailed, false, true, true, true, false},
      {"failed a second time", kFailed, kFailed, false, true, true, true, false},
  };
  for (const RefundCase& one : cases) {
    given(one.from);
    message().accepted_by_carrier = one.accepted;
    wallet() = {};
    wallet().refund_on_any_failure = one.any_failure;
    AdvanceMessage change = advance(one.to, "word");
    change.never_taken = one.never_taken;
    change.refundable = one.refundable;
    const Decision decision = run(change);
    EXPECT_EQ(decision.result.outcome, Outcome::kCommitted) << one.name;
    EXPECT_EQ(decision.refunded, one.refunded) << one.name;
    EXPECT_EQ(decision.ledger.has_value(), one.refunded) << one.name;
    EXPECT_EQ(message().refunded, one.refunded) << one.name;
    EXPECT_EQ(wallet().balance_micros, one.refunded ? kCost : 0) << one.name;
    if (!decision.ledger) continue;
    EXPECT_EQ(decision.ledger->type, LedgerLine::Type::kRefund) << one.name;
    EXPECT_EQ(decision.result.balance_micros, kCost) << one.name;
  }
}

TEST_F(AdmissionRulesTest, ARefundGoesOnceToTheWalletThatPaid) {
  wallet(Environment::kTest) = {};
  given(Status::kQueued);
  message().environment = Environment::kTest;
  EXPECT_TRUE(run(advance(Status::kFailed, "failed")).refunded);
  EXPECT_EQ(wallet(Environment::kTest).balance_micros, kCost);
  EXPECT_EQ(wallet().balance_micros, 1'000);
  // Sent once more, and failed again.
  (void)run(advance(Status::kRetrying, "retrying"));
  EXPECT_FALSE(run(advance(Status::kFailed, "failed again")).refunded);
  EXPECT_EQ(wallet(Environment::kTest).balance_micros, kCost);
}

TEST_F(AdmissionRulesTest, NothingGoesBackWhereNothingWasPaidOrNobodyIs) {
  given(Status::kQueued);
  message().cost_micros = 0;
  EXPECT_FALSE(run(advance(Status::kFailed, "failed")).ledger);
  EXPECT_EQ(wallet().seq, 0);
  given(Status::kQueued);
  known_.wallets.clear();
  const Decision decision = run(advance(Status::kFailed, "failed"));
  EXPECT_TRUE(decision.moved);
  EXPECT_FALSE(decision.ledger);
}

TEST_F(AdmissionRulesTest, TheWordsOfACarrierThatHasItSaySo) {
  const std::pair<Status, bool> cases[] = {{Status::kSubmitted, true}, {Status::kSent, true},
                                           {Status::kDelivered, true}, {Status::kRetrying, false},
                                           {Status::kFailed, false},   {Status::kQueued, false}};
  for (const auto& [to, accepted] : cases) {
    given(Status::kScheduled);
    (void)run(advance(to, "word"));
    EXPECT_EQ(message().accepted_by_carrier, accepted) << status_name(to);
  }
}

TEST_F(AdmissionRulesTest, WhatIsSentAlreadyIsNotWithdrawn) {
  for (int status = 1; status <= 9; ++status) {
    for (const bool waiting : {true, false}) {
      given(Status(status));
      wallet() = {};
      message().waiting = waiting;
      const bool may = waiting && may_move(Status(status), Status::kCancelled);
      const Decision decision =
          run(advance(Status::kCancelled, "cancelled", DispatchStep::kWithdraw));
      EXPECT_EQ(decision.result.outcome, may ? Outcome::kCommitted : Outcome::kNotAllowed)
          << status_name(Status(status)) << " " << waiting;
      EXPECT_EQ(decision.result.status, may ? Status::kCancelled : Status(status));
      EXPECT_EQ(wallet().balance_micros, may ? kCost : 0);
      EXPECT_EQ(known_.events.size(), may ? 1u : 0u) << "a refused event may come again";
    }
  }
  EXPECT_FALSE(may_move(Status::kSubmitted, Status::kCancelled));
  EXPECT_FALSE(may_move(Status::kSent, Status::kCancelled));
}

TEST_F(AdmissionRulesTest, EachStepOfTheQueueNeedsItsRight) {
  const struct {
    DispatchStep step;
    bool waiting, claimed, may, waits_then;
  } cases[] = {{DispatchStep::kKeep, false, false, true, false},
               {DispatchStep::kKeep, true, false, true, true},
               {DispatchStep::kMove, true, false, true, true},
               {DispatchStep::kMove, false, true, false, false},
               {DispatchStep::kWithdraw, true, false, true, false},
               {DispatchStep::kWithdraw, false, true, false, false},
               {DispatchStep::kFinish, false, true, true, false},
               {DispatchStep::kFinish, true, false, false, true},
               {DispatchStep::kReschedule, false, true, true, true},
               {DispatchStep::kReschedule, false, false, false, false}};
  for (const auto& one : cases) {
    given(Status::kQueued);
    message().waiting = one.waiting;
    known_.claims.clear();
    if (one.claimed) known_.claims.insert(kClaim);
    const Decision decision = run(advance(Status::kCancelled, "word", one.step));
    const std::string name = "step " + std::to_string(static_cast<int>(one.step)) +
                             (one.waiting ? ", waiting" : "") + (one.claimed ? ", claimed" : "");
    EXPECT_EQ(decision.result.outcome, one.may ? Outcome::kCommitted : Outcome::kNotAllowed)
        << name;
    EXPECT_EQ(message().waiting, one.waits_then) << name;
  }
}

TEST_F(AdmissionRulesTest, AnEventOfAnUnknownMessageIsNotFound) {
  EXPECT_EQ(outcome(advance(Status::kDelivered, "dlr")), Outcome::kNotFound);
  given(Status::kSent);
  AdvanceMessage other = advance(Status::kDelivered, "dlr");
  other.account_id = 2;
  EXPECT_EQ(outcome(other), Outcome::kNotFound);
  EXPECT_EQ(run(advance(Status::kDelivered, "dlr")).from, Status::kSent);
}

TEST_F(AdmissionRulesTest, WhoWantsNothingGetsNothingButTheAnswer) {
  known_.opt_outs.insert({1, Environment::kLive, "+254700000111"});
  const Decision refused = run(accept());
  EXPECT_EQ(refused.result.outcome, Outcome::kOptedOut);
  EXPECT_FALSE(refused.apply);
  EXPECT_EQ(wallet().balance_micros, 1'000);
  AcceptMessage answer = accept();
  answer.despite_opt_out = true;
  EXPECT_EQ(outcome(answer), Outcome::kCommitted);
  AcceptMessage other = accept();
  other.phone = "+254700000112";
  EXPECT_EQ(outcome(other), Outcome::kCommitted);
  wallet(Environment::kTest).balance_micros = kCost;
  other = accept();
  other.environment = Environment::kTest;
  EXPECT_EQ(outcome(other), Outcome::kCommitted) << "an opt-out is of one environment";
}

TEST_F(AdmissionRulesTest, WhoIsSuspendedOrClosedBuysNothing) {
  for (const auto status : {AccountStatus::kSuspended, AccountStatus::kClosed}) {
    wallet().account = status;
    const Decision refused = run(accept());
    EXPECT_EQ(refused.result.outcome, Outcome::kSuspended);
    EXPECT_FALSE(refused.apply);
    EXPECT_EQ(wallet().balance_micros, 1'000);
  }
}

TEST_F(AdmissionRulesTest, AStopCountsForTheNextOfTheSameBatch) {
  RecordInbound stop{};
  stop.account_id = 1;
  stop.environment = Environment::kLive;
  stop.inbound_id = new_uuid7();
  stop.carrier = "a";
  stop.carrier_message_id = "m-1";
  stop.from = "+254700000111";
  stop.wish = OptOutWish::kStop;
  EXPECT_EQ(outcome(stop), Outcome::kCommitted);
  EXPECT_EQ(outcome(accept()), Outcome::kOptedOut);
  // Brought again: by the same change after a lost commit, then by another.
  const Decision ours = run(stop);
  EXPECT_EQ(ours.result.outcome, Outcome::kCommitted);
  EXPECT_FALSE(ours.apply);
  RecordInbound repeat = stop;
  repeat.inbound_id = new_uuid7();
  const Decision repeated = run(repeat);
  EXPECT_EQ(repeated.result.outcome, Outcome::kDuplicate);
  EXPECT_EQ(repeated.result.message_id, stop.inbound_id);
  EXPECT_FALSE(repeated.apply);
  RecordInbound start = repeat;
  start.carrier_message_id = "m-2";
  start.wish = OptOutWish::kStart;
  EXPECT_EQ(outcome(start), Outcome::kCommitted);
  EXPECT_EQ(outcome(accept()), Outcome::kCommitted);
}

TEST_F(AdmissionRulesTest, ANoticeIsMadeOnce) {
  Notify notify{};
  notify.account_id = 1;
  notify.dedupe_key = "low";
  const Uuid event = new_uuid7();
  EXPECT_TRUE(decide(notify, event, known_).apply);
  const Decision ours = decide(notify, event, known_);
  EXPECT_FALSE(ours.apply);
  EXPECT_EQ(ours.result.outcome, Outcome::kCommitted);
  EXPECT_EQ(outcome(notify), Outcome::kDuplicate);
  notify.account_id = 2;
  EXPECT_TRUE(run(notify).apply);
}

TEST_F(AdmissionRulesTest, AWalletThatBecameLowStaysSoForTheRestOfTheBatch) {
  wallet().low_balance_micros = 950;
  (void)run(accept());
  EXPECT_TRUE(wallet().became_low);
  (void)run(accept());
  EXPECT_TRUE(wallet().became_low);
}

TEST_F(AdmissionRulesTest, APaymentIsOfExactlyItsAmount) {
  CreditWallet credit{};
  credit.account_id = 1;
  credit.environment = Environment::kLive;
  credit.payment_id = new_uuid7();
  for (const Micros amount : {249, 251, -250}) {
    known_.payments[{1, credit.payment_id}].amount_micros = 250;
    credit.amount_micros = amount;
    EXPECT_EQ(outcome(credit), Outcome::kNotAllowed) << amount;
  }
  credit.amount_micros = 250;
  EXPECT_EQ(outcome(credit), Outcome::kCommitted);
  EXPECT_EQ(wallet().balance_micros, 1'250);
}

TEST_F(AdmissionRulesTest, AnAnswerNeedsItsKey) {
  EXPECT_EQ(outcome(StoreAnswer{1, {"key", 200, "answer"}}), Outcome::kNotFound);
  AcceptMessage first = accept();
  first.idempotency = IdempotencyKey{"key", "body"};
  (void)run(first);
  EXPECT_EQ(outcome(StoreAnswer{2, {"key", 200, "answer"}}), Outcome::kNotFound);
  const Decision stored = run(StoreAnswer{1, {"key", 200, "answer"}});
  EXPECT_TRUE(stored.apply);
  EXPECT_EQ(stored.result.message_id, first.message_id);
}

TEST_F(AdmissionRulesTest, WhatIsScheduledWaitsAndWhatIsNotDoesNot) {
  AcceptMessage later = accept();
  later.scheduled_at = now() + std::chrono::hours(1);
  EXPECT_EQ(run(later).result.status, Status::kScheduled);
  EXPECT_TRUE((known_.messages[{1, later.message_id}].waiting));
  const AcceptMessage at_once = accept();
  EXPECT_EQ(run(at_once).result.status, Status::kQueued);
  EXPECT_FALSE((known_.messages[{1, at_once.message_id}].waiting));
}

}  // namespace admission_rules_test
}  // namespace dundun
