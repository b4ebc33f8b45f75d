// What the journal lets a campaign do, and what money moves with it.
#include <gtest/gtest.h>

#include "common/journal/admission.h"

namespace dundun {
namespace campaign_admission_test {

using Outcome = CommitResult::Outcome;
using Status = CampaignStatus;
using Step = CampaignStep;

constexpr Micros kCost = 1'000;
const Uuid kBatch = new_uuid7();

AcceptCampaign accept(Micros cost) {
  AcceptCampaign change{};
  change.account_id = 1;
  change.environment = Environment::kLive;
  change.campaign_id = kBatch;
  change.total = 10;
  change.cost_micros = cost;
  return change;
}

SteerCampaign steer(Step step) {
  SteerCampaign change{};
  change.account_id = 1;
  change.environment = Environment::kLive;
  change.campaign_id = kBatch;
  change.step = step;
  return change;
}

// Makes `messages` of 100 each and moves the cursor to contact `to`.
ExpandCampaign expand(int64_t from, int64_t to, int messages) {
  ExpandCampaign change{};
  change.account_id = 1;
  change.environment = Environment::kLive;
  change.campaign_id = kBatch;
  change.from = {0, from};
  change.to = {0, to};
  change.lists = 1;
  for (int i = 0; i < messages; ++i) {
    AcceptMessage message{};
    message.cost_micros = 100;
    change.messages.push_back(message);
  }
  return change;
}

class CampaignAdmissionTest : public testing::Test {
 protected:
  CampaignAdmissionTest() { wallet().balance_micros = 5'000; }
  WalletState& wallet() { return known_.wallets[{1, Environment::kLive}]; }
  CampaignState& campaign() { return known_.campaigns[{1, kBatch}]; }
  // A campaign of ten messages that was paid and stands so.
  void given(Status status, std::optional<int32_t> drip_rate = {}) {
    campaign() = {};
    campaign().status = status;
    campaign().cursors = {{0, 0}};
    campaign().total = 10;
    campaign().cost_micros = kCost;
    campaign().drip_rate = drip_rate;
  }
  Decision run(const Change& change) { return decide(change, new_uuid7(), known_); }
  Outcome outcome(const Change& change) { return run(change).result.outcome; }

  Known known_;
};

TEST_F(CampaignAdmissionTest, AnAcceptedCampaignIsChargedWhole) {
  const Decision decision = run(accept(kCost));
  EXPECT_EQ(decision.result.outcome, Outcome::kCommitted);
  EXPECT_EQ(decision.result.message_id, kBatch);
  EXPECT_TRUE(decision.apply);
  ASSERT_TRUE(decision.ledger);
  EXPECT_EQ(decision.ledger->type, LedgerLine::Type::kCharge);
  EXPECT_EQ(decision.ledger->amount_micros, -kCost);
  EXPECT_EQ(decision.ledger->balance_after_micros, 4'000);
  EXPECT_EQ(decision.result.balance_micros, 4'000);
  EXPECT_EQ(wallet().balance_micros, 4'000);
  EXPECT_EQ(decision.result.campaign.total, 10);
  EXPECT_EQ(decision.result.campaign.cost_micros, kCost);
}

TEST_F(CampaignAdmissionTest, TheExactBalanceIsEnoughAndOneLessIsNot) {
  wallet().balance_micros = kCost - 1;
  const Decision poor = run(accept(kCost));
  EXPECT_EQ(poor.result.outcome, Outcome::kInsufficientBalance);
  EXPECT_EQ(poor.result.balance_micros, kCost - 1);
  EXPECT_FALSE(poor.apply);
  EXPECT_FALSE(poor.ledger);
  EXPECT_EQ(wallet().balance_micros, kCost - 1);
  wallet().balance_micros = kCost;
  EXPECT_EQ(outcome(accept(kCost)), Outcome::kCommitted);
  EXPECT_EQ(wallet().balance_micros, 0);
}

TEST_F(CampaignAdmissionTest, ItBeginsAsItWasAsked) {
  const Instant later = now() + std::chrono::hours(1);
  EXPECT_EQ(run(accept(1)).result.campaign.status, Status::kSending);
  AcceptCampaign drip = accept(1);
  drip.drip_rate = 60;
  EXPECT_EQ(run(drip).result.campaign.status, Status::kDripping);
  EXPECT_EQ(run(drip).result.campaign.drip_rate, 60);
  drip.scheduled_at = later;
  EXPECT_EQ(run(drip).result.campaign.status, Status::kScheduled) << "a schedule comes first";
  EXPECT_EQ(run(drip).result.campaign.scheduled_at, later);
}

TEST_F(CampaignAdmissionTest, NoWalletNoCampaign) {
  AcceptCampaign other = accept(1);
  other.environment = Environment::kTest;
  EXPECT_EQ(outcome(other), Outcome::kNotFound);
}

TEST_F(CampaignAdmissionTest, AKeyChargesOnce) {
  AcceptCampaign first = accept(kCost);
  first.idempotency = IdempotencyKey{"key", "body"};
  EXPECT_EQ(outcome(first), Outcome::kCommitted);
  const Decision again = run(first);
  EXPECT_EQ(again.result.outcome, Outcome::kInProgress);
  EXPECT_EQ(again.result.message_id, kBatch);
  EXPECT_EQ(again.result.balance_micros, 4'000);
  first.idempotency->request_hash = "another";
  EXPECT_EQ(outcome(first), Outcome::kKeyReused);
  EXPECT_EQ(wallet().balance_micros, 4'000);
  EXPECT_EQ(wallet().seq, 1);
}

TEST_F(CampaignAdmissionTest, ACommitThatHappenedAfterAllIsNotChargedAgain) {
  known_.committed_charges[{1, kBatch}] = {777, {}};
  const Decision decision = run(accept(kCost));
  EXPECT_EQ(decision.result.outcome, Outcome::kCommitted);
  EXPECT_EQ(decision.result.balance_micros, 777);
  EXPECT_EQ(decision.result.campaign.status, Status::kSending);
  EXPECT_FALSE(decision.apply);
  EXPECT_FALSE(decision.ledger);
  EXPECT_EQ(wallet().balance_micros, 5'000);
}

TEST_F(CampaignAdmissionTest, AChunkMovesTheCursorAndCountsWhatItMade) {
  given(Status::kSending);
  ExpandCampaign chunk = expand(0, 7, 3);
  chunk.next_due = now() + std::chrono::minutes(1);
  const Decision decision = run(chunk);
  EXPECT_EQ(decision.result.outcome, Outcome::kCommitted);
  EXPECT_TRUE(decision.apply);
  EXPECT_FALSE(decision.ledger) << "it was paid on acceptance";
  EXPECT_EQ(campaign().cursors, (CampaignCursors{{0, 7}}));
  EXPECT_EQ(campaign().made, 3);
  EXPECT_EQ(campaign().made_micros, 300);
  EXPECT_EQ(campaign().next_due, chunk.next_due);
  EXPECT_EQ(campaign().status, Status::kSending);
  EXPECT_TRUE(campaign().changed);
  EXPECT_EQ(outcome(expand(7, 9, 2)), Outcome::kCommitted);
  EXPECT_EQ(campaign().made, 5);
  EXPECT_EQ(campaign().made_micros, 500);
  EXPECT_EQ(wallet().balance_micros, 5'000);
}

TEST_F(CampaignAdmissionTest, AStaleCursorMakesNothing) {
  given(Status::kSending);
  EXPECT_EQ(outcome(expand(0, 7, 3)), Outcome::kCommitted);
  for (const CampaignCursor& from :
       {CampaignCursor{0, 0}, CampaignCursor{0, 6}, CampaignCursor{0, 8}, CampaignCursor{1, 7}}) {
    ExpandCampaign stale = expand(0, 9, 2);
    stale.from = from;
    const Decision decision = run(stale);
    EXPECT_EQ(decision.result.outcome, Outcome::kNotAllowed)
        << from.list_position << " " << from.contact_id;
    EXPECT_FALSE(decision.apply);
    EXPECT_EQ(decision.result.campaign.cursors, (CampaignCursors{{0, 7}}));
  }
  EXPECT_EQ(campaign().made, 3);
  EXPECT_EQ(campaign().made_micros, 300);
}

TEST_F(CampaignAdmissionTest, OnlyARunningCampaignMakesMessages) {
  const std::pair<Status, bool> cases[] = {{Status::kScheduled, true},  {Status::kSending, true},
                                           {Status::kDripping, true},   {Status::kPaused, false},
                                           {Status::kCompleted, false}, {Status::kCancelled, false},
                                           {Status::kExpired, false}};
  for (const auto& [status, may] : cases) {
    given(status);
    EXPECT_EQ(outcome(expand(0, 7, 3)), may ? Outcome::kCommitted : Outcome::kNotAllowed)
        << campaign_status_name(status);
    EXPECT_EQ(campaign().made, may ? 3 : 0) << campaign_status_name(status);
  }
  ExpandCampaign unknown = expand(0, 7, 3);
  unknown.account_id = 2;
  EXPECT_EQ(outcome(unknown), Outcome::kNotFound);
}

TEST_F(CampaignAdmissionTest, AChunkSaysHowItGoesOn) {
  given(Status::kScheduled);
  (void)run(expand(0, 7, 3));
  EXPECT_EQ(campaign().status, Status::kSending);
  given(Status::kScheduled, 60);
  (void)run(expand(0, 7, 3));
  EXPECT_EQ(campaign().status, Status::kDripping);
  ExpandCampaign last = expand(7, 10, 1);
  last.to = {1, 0};
  (void)run(last);
  EXPECT_EQ(campaign().status, Status::kCompleted);
}

TEST_F(CampaignAdmissionTest, EachLaneGoesOnByItself) {
  given(Status::kSending);
  campaign().cursors = {{0, 0}, {0, 0}};
  EXPECT_EQ(outcome(expand(0, 7, 3)), Outcome::kCommitted);
  ExpandCampaign other = expand(0, 4, 2);
  other.lane = 1;
  EXPECT_EQ(outcome(other), Outcome::kCommitted);
  EXPECT_EQ(campaign().cursors, (CampaignCursors{{0, 7}, {0, 4}}));
  ExpandCampaign ends = expand(7, 0, 1);
  ends.to = {1, 0};
  EXPECT_EQ(run(ends).result.campaign.status, Status::kSending) << "the other is not done";
  other.from = {0, 4};
  other.to = {1, 0};
  EXPECT_EQ(run(other).result.campaign.status, Status::kCompleted);
  other.lane = 2;
  EXPECT_EQ(outcome(other), Outcome::kNotAllowed);
}

TEST(CampaignCursorsTest, AreTextAndBack) {
  const CampaignCursors cursors{{0, 17}, {2, 0}, {1, 9'000'000'000}};
  EXPECT_EQ(cursors_text(cursors), "0:17,2:0,1:9000000000");
  EXPECT_EQ(parse_cursors(cursors_text(cursors)), cursors);
  EXPECT_EQ(parse_cursors("0:0"), (CampaignCursors{{0, 0}}));
}

// Rows: steps; columns: scheduled, sending, dripping, paused, completed, cancelled, expired.
struct StepCase {
  Step step;
  const char* name;
  const char* allowed;
  bool drips;
};

TEST_F(CampaignAdmissionTest, EachStepFromEachStatus) {
  const StepCase cases[] = {{Step::kCancel, "cancel", "yyyynnn", false},
                            {Step::kExpire, "expire", "yyyynnn", false},
                            {Step::kPause, "pause", "nyynnnn", false},
                            {Step::kResume, "resume", "nnnynnn", false},
                            {Step::kReschedule, "reschedule", "ynnnnnn", false},
                            {Step::kChangeRate, "change the rate", "nnnnnnn", false},
                            {Step::kChangeRate, "change the rate of a drip", "yyyynnn", true}};
  for (const StepCase& one : cases) {
    for (int16_t status = 1; status <= kCampaignStatusMax; ++status) {
      given(Status(status), one.drips ? std::optional(60) : std::nullopt);
      const bool may = one.allowed[status - 1] == 'y';
      const Decision decision = run(steer(one.step));
      const std::string name =
          std::string(one.name) + " from " + std::string(campaign_status_name(Status(status)));
      EXPECT_EQ(decision.result.outcome, may ? Outcome::kCommitted : Outcome::kNotAllowed) << name;
      EXPECT_EQ(decision.apply, may) << name;
      EXPECT_EQ(campaign().changed, may) << name;
      if (!may) {
        EXPECT_EQ(campaign().status, Status(status)) << name;
        EXPECT_EQ(decision.result.campaign.status, Status(status)) << name;
        EXPECT_FALSE(decision.ledger) << name;
      }
    }
  }
}

TEST_F(CampaignAdmissionTest, WhatWasNotMadeIsRefunded) {
  const std::pair<Step, Status> ends[] = {{Step::kCancel, Status::kCancelled},
                                          {Step::kExpire, Status::kExpired}};
  for (const auto& [step, ended] : ends) {
    for (const Status from : {Status::kSending, Status::kPaused}) {
      given(from);
      wallet() = {};
      campaign().made = 4;
      campaign().made_micros = 400;
      const Decision decision = run(steer(step));
      ASSERT_TRUE(decision.ledger);
      EXPECT_EQ(decision.ledger->type, LedgerLine::Type::kRefund);
      EXPECT_EQ(decision.ledger->amount_micros, 600);
      EXPECT_EQ(decision.result.balance_micros, 600);
      EXPECT_EQ(decision.result.campaign.status, ended);
      EXPECT_EQ(campaign().refunded_micros, 600);
      EXPECT_EQ(wallet().balance_micros, 600);
      EXPECT_EQ(outcome(steer(step)), Outcome::kNotAllowed) << "a second time";
      EXPECT_EQ(wallet().balance_micros, 600);
    }
  }
}

TEST_F(CampaignAdmissionTest, NothingIsRefundedWhereNothingIsLeft) {
  given(Status::kSending);
  campaign().made_micros = kCost;
  const Decision decision = run(steer(Step::kCancel));
  EXPECT_EQ(decision.result.outcome, Outcome::kCommitted);
  EXPECT_FALSE(decision.ledger);
  EXPECT_EQ(campaign().refunded_micros, 0);
  EXPECT_EQ(wallet().balance_micros, 5'000);
  EXPECT_EQ(wallet().seq, 0);
}

TEST_F(CampaignAdmissionTest, PausedAndResumedItIsDueNow) {
  given(Status::kSending);
  campaign().next_due = now() + std::chrono::hours(9);
  EXPECT_FALSE(run(steer(Step::kPause)).ledger);
  EXPECT_EQ(campaign().status, Status::kPaused);
  const Instant before = now();
  const Decision resumed = run(steer(Step::kResume));
  EXPECT_FALSE(resumed.ledger);
  EXPECT_EQ(campaign().status, Status::kSending);
  EXPECT_GE(campaign().next_due, before);
  EXPECT_LE(campaign().next_due, now());
  given(Status::kPaused, 60);
  (void)run(steer(Step::kResume));
  EXPECT_EQ(campaign().status, Status::kDripping);
}

TEST_F(CampaignAdmissionTest, ARescheduleMovesTheTimeAtWhichItIsDue) {
  given(Status::kScheduled);
  SteerCampaign change = steer(Step::kReschedule);
  change.scheduled_at = now() + std::chrono::hours(3);
  EXPECT_EQ(run(change).result.campaign.scheduled_at, change.scheduled_at);
  EXPECT_EQ(campaign().next_due, change.scheduled_at);
  EXPECT_EQ(campaign().status, Status::kScheduled);
}

TEST_F(CampaignAdmissionTest, ANewRateStandsAndTheStatusStays) {
  given(Status::kPaused, 60);
  SteerCampaign change = steer(Step::kChangeRate);
  change.drip_rate = 90;
  EXPECT_EQ(run(change).result.campaign.drip_rate, 90);
  EXPECT_EQ(campaign().drip_rate, 90);
  EXPECT_EQ(campaign().status, Status::kPaused);
}

TEST_F(CampaignAdmissionTest, NobodySteersTheCampaignOfAnother) {
  given(Status::kSending);
  known_.wallets[{1, Environment::kTest}] = {};
  known_.wallets[{2, Environment::kLive}] = {};
  SteerCampaign change = steer(Step::kCancel);
  change.environment = Environment::kTest;
  EXPECT_EQ(outcome(change), Outcome::kNotFound) << "the other environment";
  change = steer(Step::kCancel);
  change.account_id = 2;
  EXPECT_EQ(outcome(change), Outcome::kNotFound) << "another account";
  change = steer(Step::kCancel);
  change.campaign_id = new_uuid7();
  EXPECT_EQ(outcome(change), Outcome::kNotFound) << "another batch";
  known_.wallets.erase({1, Environment::kLive});
  EXPECT_EQ(outcome(steer(Step::kCancel)), Outcome::kNotFound) << "no wallet";
  EXPECT_EQ(campaign().status, Status::kSending);
}

}  // namespace campaign_admission_test
}  // namespace dundun
