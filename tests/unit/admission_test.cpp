#include "common/journal/admission.h"

#include <gtest/gtest.h>

#include <random>

namespace dundun {
namespace admission_test {

using Outcome = CommitResult::Outcome;

const Uuid kClaim = new_uuid7();

AcceptMessage accept(int64_t account, Micros cost) {
  AcceptMessage change{};
  change.account_id = account;
  change.environment = Environment::kLive;
  change.message_id = new_uuid7();
  change.phone = "+254700000111";
  change.cost_micros = cost;
  return change;
}

AdvanceMessage advance(const AcceptMessage& message, MessageStatus to, std::string key) {
  AdvanceMessage change{};
  change.account_id = message.account_id;
  change.environment = message.environment;
  change.message_id = message.message_id;
  change.to = to;
  change.event = key;
  change.event_key = std::move(key);
  return change;
}

AdvanceMessage submitted(const AcceptMessage& message) {
  AdvanceMessage change = advance(message, MessageStatus::kSubmitted, "submitted");
  change.dispatch = DispatchStep::kFinish;
  change.claim.token = kClaim;
  return change;
}

AdvanceMessage refused(const AcceptMessage& message) {
  AdvanceMessage change = advance(message, MessageStatus::kFailed, "failed");
  change.dispatch = DispatchStep::kFinish;
  change.claim.token = kClaim;
  change.refundable = true;
  return change;
}

CreditWallet credit(int64_t account, Micros amount) {
  CreditWallet change{};
  change.account_id = account;
  change.environment = Environment::kLive;
  change.payment_id = new_uuid7();
  change.amount_micros = amount;
  change.description = "Top-up";
  return change;
}

class AdmissionTest : public testing::Test {
 protected:
  AdmissionTest() {
    wallet(1).balance_micros = 1'000;
    wallet(2).balance_micros = 500;
    known_.claims.insert(kClaim);
  }
  WalletState& wallet(int64_t account) { return known_.wallets[{account, Environment::kLive}]; }
  Decision run(const Change& change) { return decide(change, new_uuid7(), known_); }
  // A credit whose payment waits to be paid.
  CreditWallet expected_credit(int64_t account, Micros amount) {
    const CreditWallet change = credit(account, amount);
    known_.payments[{account, change.payment_id}].amount_micros = amount;
    return change;
  }
  Outcome outcome(const Change& change) { return run(change).result.outcome; }

  Known known_;
};

TEST_F(AdmissionTest, ChargesInArrivalOrderUntilTheBalanceIsSpent) {
  EXPECT_EQ(outcome(accept(1, 400)), Outcome::kCommitted);
  EXPECT_EQ(outcome(accept(1, 400)), Outcome::kCommitted);
  EXPECT_EQ(outcome(accept(1, 400)), Outcome::kInsufficientBalance);
  EXPECT_EQ(wallet(1).balance_micros, 200);
  EXPECT_EQ(wallet(1).seq, 2);
}

TEST_F(AdmissionTest, ARefusalInTheMiddleDoesNotStopASmallerOne) {
  EXPECT_EQ(outcome(accept(1, 700)), Outcome::kCommitted);
  Decision refusal = run(accept(1, 301));
  EXPECT_EQ(refusal.result.outcome, Outcome::kInsufficientBalance);
  EXPECT_EQ(refusal.result.balance_micros, 300);
  EXPECT_FALSE(refusal.apply);
  EXPECT_EQ(outcome(accept(1, 300)), Outcome::kCommitted);
  EXPECT_EQ(wallet(1).balance_micros, 0);
}

TEST_F(AdmissionTest, WalletsAreApart) {
  EXPECT_EQ(outcome(accept(1, 1'000)), Outcome::kCommitted);
  EXPECT_EQ(outcome(accept(1, 1)), Outcome::kInsufficientBalance);
  EXPECT_EQ(outcome(accept(2, 500)), Outcome::kCommitted);
  EXPECT_EQ(wallet(2).balance_micros, 0);
}

TEST_F(AdmissionTest, AnExactBalanceIsEnough) {
  EXPECT_EQ(outcome(accept(2, 501)), Outcome::kInsufficientBalance);
  EXPECT_EQ(outcome(accept(2, 500)), Outcome::kCommitted);
}

TEST_F(AdmissionTest, AnAccountWithoutWalletIsNotFound) {
  EXPECT_EQ(outcome(accept(3, 1)), Outcome::kNotFound);
}

TEST_F(AdmissionTest, LedgerLinesChain) {
  Decision first = run(accept(1, 250));
  Decision second = run(accept(1, 250));
  ASSERT_TRUE(first.ledger && second.ledger);
  EXPECT_EQ(first.ledger->seq, 1);
  EXPECT_EQ(second.ledger->seq, 2);
  EXPECT_EQ(second.ledger->balance_after_micros,
            first.ledger->balance_after_micros + second.ledger->amount_micros);
}

TEST_F(AdmissionTest, ARefusedSubmitRefundsOnce) {
  AcceptMessage message = accept(1, 400);
  (void)run(message);
  Decision decision = run(refused(message));
  ASSERT_TRUE(decision.ledger);
  EXPECT_EQ(decision.ledger->amount_micros, 400);
  EXPECT_EQ(wallet(1).balance_micros, 1'000);
  AdvanceMessage again = refused(message);
  again.event_key = "failed again";
  EXPECT_FALSE(run(again).ledger);
  EXPECT_EQ(wallet(1).balance_micros, 1'000);
}

TEST_F(AdmissionTest, WhatACarrierTookIsNotRefundedUnlessTheAccountSaysSo) {
  for (bool any_failure : {false, true}) {
    wallet(1).refund_on_any_failure = any_failure;
    wallet(1).balance_micros = 1'000;
    AcceptMessage message = accept(1, 400);
    (void)run(message);
    EXPECT_EQ(outcome(submitted(message)), Outcome::kCommitted);
    AdvanceMessage undelivered = advance(message, MessageStatus::kFailed, "dlr:UNDELIV");
    undelivered.refundable = true;
    Decision decision = run(undelivered);
    EXPECT_TRUE(decision.moved);
    EXPECT_EQ(decision.refunded, any_failure);
    EXPECT_EQ(wallet(1).balance_micros, any_failure ? 1'000 : 600);
  }
}

TEST_F(AdmissionTest, OnlyTheClaimsOwnerMayRecordTheSubmit) {
  AcceptMessage message = accept(1, 100);
  (void)run(message);
  AdvanceMessage late = submitted(message);
  late.claim.token = new_uuid7();
  EXPECT_EQ(outcome(late), Outcome::kNotAllowed);
  EXPECT_EQ(outcome(submitted(message)), Outcome::kCommitted);
}

TEST_F(AdmissionTest, CancelWinsOnlyBeforeTheClaim) {
  AcceptMessage waiting = accept(1, 100);
  waiting.scheduled_at = now() + std::chrono::hours(1);
  (void)run(waiting);
  AdvanceMessage cancel = advance(waiting, MessageStatus::kCancelled, "cancelled");
  cancel.dispatch = DispatchStep::kWithdraw;
  cancel.refundable = true;
  Decision decision = run(cancel);
  EXPECT_EQ(decision.result.outcome, Outcome::kCommitted);
  EXPECT_EQ(decision.result.balance_micros, 1'000);

  AcceptMessage leaving = accept(1, 100);
  (void)run(leaving);
  cancel.message_id = leaving.message_id;
  EXPECT_EQ(outcome(cancel), Outcome::kNotAllowed);
  EXPECT_EQ(wallet(1).balance_micros, 900);
}

TEST_F(AdmissionTest, AnEventHappensOnce) {
  AcceptMessage message = accept(1, 100);
  (void)run(message);
  (void)run(submitted(message));
  AdvanceMessage delivered = advance(message, MessageStatus::kDelivered, "dlr:DELIVRD");
  EXPECT_TRUE(run(delivered).moved);
  EXPECT_EQ(outcome(delivered), Outcome::kDuplicate);
}

TEST_F(AdmissionTest, AReceiptBeforeTheSubmitAnswerStaysTheLastWord) {
  AcceptMessage message = accept(1, 100);
  (void)run(message);
  EXPECT_TRUE(run(advance(message, MessageStatus::kDelivered, "dlr:DELIVRD")).moved);
  Decision late = run(submitted(message));
  EXPECT_TRUE(late.apply);
  EXPECT_FALSE(late.moved);
  EXPECT_EQ(late.result.status, MessageStatus::kDelivered);
}

TEST_F(AdmissionTest, ALateDeliveryTurnsAFailureUnlessTheMoneyWentBack) {
  AcceptMessage kept = accept(1, 100);
  (void)run(kept);
  (void)run(submitted(kept));
  (void)run(advance(kept, MessageStatus::kFailed, "dlr:UNDELIV"));
  EXPECT_TRUE(run(advance(kept, MessageStatus::kDelivered, "dlr:DELIVRD")).moved);

  AcceptMessage refunded = accept(1, 100);
  (void)run(refunded);
  (void)run(refused(refunded));
  EXPECT_FALSE(run(advance(refunded, MessageStatus::kDelivered, "dlr:DELIVRD")).moved);
}

TEST_F(AdmissionTest, AKeyIsRunningThenReplayedAndRefusesAnotherBody) {
  AcceptMessage first = accept(1, 100);
  first.idempotency = IdempotencyKey{"key", "body"};
  EXPECT_EQ(outcome(first), Outcome::kCommitted);
  AcceptMessage repeat = accept(1, 100);
  repeat.idempotency = first.idempotency;
  Decision running = run(repeat);
  EXPECT_EQ(running.result.outcome, Outcome::kInProgress);
  EXPECT_EQ(running.result.message_id, first.message_id);

  EXPECT_EQ(outcome(StoreAnswer{1, {"key", 200, "answer"}}), Outcome::kCommitted);
  Decision replay = run(repeat);
  EXPECT_EQ(replay.result.outcome, Outcome::kReplay);
  EXPECT_EQ(replay.result.answer.body, "answer");
  EXPECT_EQ(outcome(StoreAnswer{1, {"key", 200, "other"}}), Outcome::kReplay);

  repeat.idempotency->request_hash = "another";
  EXPECT_EQ(outcome(repeat), Outcome::kKeyReused);
  EXPECT_EQ(wallet(1).balance_micros, 900);
}

TEST_F(AdmissionTest, APoorRequestLeavesItsKeyFree) {
  AcceptMessage poor = accept(2, 900);
  poor.idempotency = IdempotencyKey{"key", "body"};
  EXPECT_EQ(outcome(poor), Outcome::kInsufficientBalance);
  wallet(2).balance_micros = 900;
  EXPECT_EQ(outcome(poor), Outcome::kCommitted);
}

TEST_F(AdmissionTest, ACommitThatHappenedAfterAllIsNotChargedAgain) {
  AcceptMessage message = accept(1, 100);
  known_.committed_charges[{1, message.message_id}] = {777, {}};
  Decision decision = run(message);
  EXPECT_EQ(decision.result.outcome, Outcome::kCommitted);
  EXPECT_EQ(decision.result.balance_micros, 777);
  EXPECT_FALSE(decision.apply);
  EXPECT_EQ(wallet(1).balance_micros, 1'000);
}

TEST_F(AdmissionTest, AnEventThatWasCommittedAfterAllIsNotADuplicate) {
  AcceptMessage message = accept(1, 100);
  (void)run(message);
  const Uuid event_id = new_uuid7();
  const AdvanceMessage change = submitted(message);
  known_.events[{{1, message.message_id}, "submitted"}] = event_id;
  EXPECT_EQ(decide(change, event_id, known_).result.outcome, Outcome::kCommitted);
  EXPECT_EQ(decide(change, new_uuid7(), known_).result.outcome, Outcome::kDuplicate);
}

TEST_F(AdmissionTest, APaymentIsCreditedOnce) {
  const CreditWallet payment = expected_credit(1, 250);
  const Decision first = run(payment);
  ASSERT_TRUE(first.apply && first.ledger);
  EXPECT_EQ(first.ledger->type, LedgerLine::Type::kCredit);
  EXPECT_EQ(first.ledger->amount_micros, 250);
  EXPECT_EQ(first.ledger->balance_after_micros, 1'250);
  EXPECT_EQ(first.result.balance_micros, 1'250);
  const Decision again = run(payment);
  EXPECT_EQ(again.result.outcome, Outcome::kDuplicate);
  EXPECT_EQ(again.result.balance_micros, 1'250);
  EXPECT_FALSE(again.apply);
  EXPECT_EQ(wallet(1).balance_micros, 1'250);
  EXPECT_EQ(wallet(1).seq, 1);
}

// What a retry after a commit of unknown outcome reads when the commit had happened.
TEST_F(AdmissionTest, ACreditThatHappenedAfterAllIsNotPostedAgain) {
  const CreditWallet payment = expected_credit(1, 250);
  known_.payments[{1, payment.payment_id}].paid = true;
  EXPECT_EQ(outcome(payment), Outcome::kDuplicate);
  EXPECT_FALSE(wallet(1).changed);
}

TEST_F(AdmissionTest, ACreditNeedsItsPaymentAsItWasMade) {
  EXPECT_EQ(outcome(credit(1, 250)), Outcome::kNotFound);
  CreditWallet payment = expected_credit(1, 250);
  payment.amount_micros = 251;
  EXPECT_EQ(outcome(payment), Outcome::kNotAllowed);
  payment.amount_micros = 250;
  payment.environment = Environment::kTest;
  known_.wallets[{1, Environment::kTest}] = {};
  EXPECT_EQ(outcome(payment), Outcome::kNotAllowed);
  payment.account_id = 2;
  payment.environment = Environment::kLive;
  EXPECT_EQ(outcome(payment), Outcome::kNotFound);
  EXPECT_EQ(outcome(expected_credit(3, 250)), Outcome::kNotFound) << "no such wallet";
  EXPECT_EQ(wallet(1).balance_micros, 1'000);
}

TEST_F(AdmissionTest, CorrectionsByHandNameTheirKindAndStopAtZero) {
  CreditWallet gift = expected_credit(2, 1);
  gift.kind = CreditWallet::Kind::kManualCredit;
  EXPECT_EQ(run(gift).ledger->type, LedgerLine::Type::kManualCredit);
  CreditWallet debit = expected_credit(2, -502);
  debit.kind = CreditWallet::Kind::kManualDebit;
  EXPECT_EQ(outcome(debit), Outcome::kInsufficientBalance);
  debit = expected_credit(2, -501);
  debit.kind = CreditWallet::Kind::kManualDebit;
  EXPECT_EQ(run(debit).ledger->type, LedgerLine::Type::kManualDebit);
  EXPECT_EQ(wallet(2).balance_micros, 0);
}

TEST_F(AdmissionTest, ACreditPaysForTheSendBehindIt) {
  EXPECT_EQ(outcome(accept(1, 1'200)), Outcome::kInsufficientBalance);
  EXPECT_EQ(outcome(expected_credit(1, 200)), Outcome::kCommitted);
  EXPECT_EQ(outcome(accept(1, 1'200)), Outcome::kCommitted);
}

TEST_F(AdmissionTest, AWalletBecomesLowOnlyWhenItCrossesTheThreshold) {
  wallet(1).low_balance_micros = 500;
  (void)run(accept(1, 500));
  EXPECT_FALSE(wallet(1).became_low) << "exactly the threshold is not below it";
  (void)run(accept(1, 1));
  EXPECT_TRUE(wallet(1).became_low);
  (void)run(expected_credit(1, 100));
  EXPECT_FALSE(wallet(1).became_low) << "up again before anybody was told";

  wallet(1).balance_micros = 400;
  (void)run(accept(1, 1));
  EXPECT_FALSE(wallet(1).became_low) << "it was low before";
  wallet(2).balance_micros = 1;
  (void)run(accept(2, 1));
  EXPECT_FALSE(wallet(2).became_low) << "no threshold";
}

// A new payment, or one that came before.
CreditWallet random_credit(std::mt19937_64& random, std::vector<CreditWallet>& payments,
                           Known& known) {
  if (!payments.empty() && random() % 2 == 0) return payments[random() % payments.size()];
  CreditWallet change = credit(static_cast<int64_t>(random() % 5 + 1), 0);
  change.amount_micros = static_cast<Micros>(random() % 5'000) - 1'000;
  known.payments[{change.account_id, change.payment_id}].amount_micros = change.amount_micros;
  payments.push_back(change);
  return change;
}

// A million random operations over a few wallets: no balance below zero, the ledger chains, and
// at the end each wallet holds its opening balance minus charges plus refunds and credits, each
// payment at most once.
TEST(AdmissionPropertyTest, AMillionRandomOperationsKeepTheLedger) {
  std::mt19937_64 random(20261121);
  Known known;
  known.claims.insert(kClaim);
  std::map<int64_t, Micros> expected;
  std::vector<AcceptMessage> open;
  std::vector<CreditWallet> payments;
  std::set<Uuid> paid;
  for (int64_t account = 1; account <= 5; ++account) {
    expected[account] = static_cast<Micros>(random() % 2'000'000);
    known.wallets[{account, Environment::kLive}].balance_micros = expected[account];
  }
  std::map<int64_t, int64_t> seqs;
  for (int i = 0; i < 1'000'000; ++i) {
    Change change =
        accept(static_cast<int64_t>(random() % 5 + 1), static_cast<Micros>(random() % 2'000));
    if (!open.empty() && random() % 2 == 0) {
      AcceptMessage message = open[random() % open.size()];
      change = random() % 2 ? refused(message) : submitted(message);
      std::get<AdvanceMessage>(change).event_key += std::to_string(random() % 3);
    } else if (random() % 8 == 0) {
      change = random_credit(random, payments, known);
    }
    const auto* credited = std::get_if<CreditWallet>(&change);
    const bool repeated = credited && paid.contains(credited->payment_id);
    Decision decision = decide(change, new_uuid7(), known);
    const int64_t account = std::visit([](const auto& c) { return c.account_id; }, change);
    if (decision.ledger) {
      ASSERT_FALSE(repeated);
      if (credited) paid.insert(credited->payment_id);
      expected[account] += decision.ledger->amount_micros;
      ASSERT_EQ(decision.ledger->seq, ++seqs[account]);
      ASSERT_EQ(decision.ledger->balance_after_micros, expected[account]);
    }
    const WalletState& wallet = known.wallets[{account, Environment::kLive}];
    ASSERT_GE(wallet.balance_micros, 0);
    ASSERT_EQ(wallet.balance_micros, expected[account]);
    ASSERT_EQ(repeated, decision.result.outcome == Outcome::kDuplicate && credited);
    const auto* accepted = std::get_if<AcceptMessage>(&change);
    if (accepted && decision.apply && open.size() < 5'000) open.push_back(*accepted);
    if (i % 50'000 == 0) {  // forget, so that maps stay small
      known.events.clear();
      known.messages.clear();
      open.clear();
    }
  }
}

}  // namespace admission_test
}  // namespace dundun
