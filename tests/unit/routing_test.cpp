// The choice of carriers: candidates in, the order with its reasons out; and the breaker.
#include "common/carrier/routing.h"

#include <gtest/gtest.h>

#include "common/carrier/breaker.h"
#include "common/carrier/dispatch.h"
#include "common/carrier/kannel/kannel.h"
#include "common/journal/admission.h"

namespace dundun {
namespace routing_test {

using Choice = LegOverride::Choice;
using Kind = SubmitOutcome::Kind;
using Standing = LegChoice::Standing;
using std::chrono::milliseconds;
using std::chrono::seconds;

RouteLeg leg(const std::string& carrier, int priority, std::optional<Micros> cost = {}) {
  RouteLeg made;
  made.carrier = carrier;
  made.priority = priority;
  made.cost_micros = cost;
  return made;
}

// "a b -c": usable ones in order, the others with what they are.
std::string order(const std::vector<RouteLeg>& legs, LegPolicy policy = LegPolicy::kPriority,
                  const std::vector<LegOverride>& overrides = {}, const Uuid& id = new_uuid7()) {
  std::string text;
  for (const LegChoice& choice : order_legs(legs, policy, overrides, id)) {
    if (!text.empty()) text += ' ';
    if (choice.standing == Standing::kInactive) text += "inactive:";
    if (choice.standing == Standing::kExcluded) text += "excluded:";
    if (choice.standing == Standing::kNotPinned) text += "not-pinned:";
    text += choice.leg.carrier;
    if (choice.overridden) text += '!';
  }
  return text;
}

LegOverride over(Choice choice, const std::string& carrier) { return {"", "", carrier, choice}; }

TEST(RoutingTest, PriorityDecidesAndInactiveOnesAreLast) {
  RouteLeg off = leg("off", 1);
  off.active = false;
  EXPECT_EQ(order({off, leg("b", 2), leg("a", 1), leg("c", 3)}), "a b c inactive:off");
  EXPECT_EQ(order({leg("a", 1)}), "a");
  EXPECT_EQ(order({}), "");
}

TEST(RoutingTest, LeastCostDecidesThenPriorityAndUnknownCostsComeLast) {
  const std::vector<RouteLeg> legs{leg("unknown", 1), leg("dear", 1, 9000), leg("cheap-2", 3, 4000),
                                   leg("cheap-1", 2, 4000)};
  EXPECT_EQ(order(legs, LegPolicy::kLeastCost), "cheap-1 cheap-2 dear unknown");
}

TEST(RoutingTest, EqualsShareByWeightAndAMessageAlwaysGetsTheSameOrder) {
  RouteLeg heavy = leg("heavy", 1), light = leg("light", 1);
  heavy.weight = 3;
  int first = 0;
  constexpr int kMessages = 10'000;
  for (int i = 0; i < kMessages; ++i) {
    const Uuid id = new_uuid7();
    const std::string one = order({heavy, light}, LegPolicy::kPriority, {}, id);
    if (one == "heavy light") ++first;
    ASSERT_EQ(one, order({light, heavy}, LegPolicy::kPriority, {}, id));
  }
  EXPECT_NEAR(first, 7500, 300);
}

TEST(RoutingTest, OverridesPinPreferAndExclude) {
  const std::vector<RouteLeg> legs{leg("a", 1), leg("b", 2), leg("c", 3)};
  const auto with = [&](const std::vector<LegOverride>& overrides) {
    return order(legs, LegPolicy::kPriority, overrides);
  };
  EXPECT_EQ(with({over(Choice::kPreferred, "c")}), "c! a b");
  EXPECT_EQ(with({over(Choice::kPinned, "b")}), "b! not-pinned:a not-pinned:c");
  EXPECT_EQ(with({over(Choice::kExcluded, "a")}), "b c excluded:a");
  EXPECT_EQ(with({over(Choice::kPinned, "a"), over(Choice::kExcluded, "a")}),
            "excluded:a not-pinned:b not-pinned:c");
  EXPECT_EQ(with({over(Choice::kPreferred, "c"), over(Choice::kPreferred, "b")}), "b! c! a");
  EXPECT_EQ(with({over(Choice::kPreferred, "own"), over(Choice::kPreferred, "b")}), "b! own! a c")
      << "after the route's own";
  // One that is none of the route's.
  EXPECT_EQ(with({over(Choice::kPinned, "own")}), "own! not-pinned:a not-pinned:b not-pinned:c");
  EXPECT_EQ(with({over(Choice::kExcluded, "own")}), "a b c");
}

TEST(RoutingTest, OverridesSpeakOfACountryARouteOrAll) {
  const std::vector<LegOverride> all{{"KE", "", "ke", Choice::kPinned},
                                     {"", "ESMS_UG", "ug", Choice::kPinned},
                                     {"", "", "any", Choice::kExcluded}};
  const auto names = [&](std::string_view route, std::string_view country) {
    std::string text;
    for (const LegOverride& one : overrides_for(all, route, country)) text += one.carrier + " ";
    return text;
  };
  EXPECT_EQ(names("ESMS_KE", "KE"), "ke any ");
  EXPECT_EQ(names("ESMS_UG", "UG"), "ug any ");
  EXPECT_EQ(names("ESMS_TZ", "TZ"), "any ");
}

SubmitOutcome outcome(Kind kind, bool trouble = false) {
  SubmitOutcome made;
  made.kind = kind;
  made.carrier_trouble = trouble;
  return made;
}

TEST(CarrierHealthTest, WhoAnswersIsWell) {
  EXPECT_EQ(health_of(outcome(Kind::kAccepted)), CarrierHealth::kWell);
  EXPECT_EQ(health_of(outcome(Kind::kRefused, true)), CarrierHealth::kWell);
  EXPECT_EQ(health_of(outcome(Kind::kRetryLater)), CarrierHealth::kWell);
  EXPECT_EQ(health_of(outcome(Kind::kRetryLater, true)), CarrierHealth::kUnwell);
  EXPECT_EQ(health_of(outcome(Kind::kFailed)), CarrierHealth::kUnwell);
  EXPECT_EQ(health_of(outcome(Kind::kUnknown)), CarrierHealth::kUnwell);
  EXPECT_EQ(health_of(outcome(Kind::kPaced)), CarrierHealth::kSilent);
}

class BreakerTest : public testing::Test {
 protected:
  // A submit at this second; whether it was let through.
  bool submit(int second, CarrierHealth health) {
    const auto permit = breaker_.admit(at(second));
    if (permit) (void)breaker_.report(*permit, health, "why", at(second));
    return permit.has_value();
  }
  // How many failures it takes until nothing is let through. A breaker that never opens is told
  // after a few hundred.
  int fail_until_open(int second = 1) {
    int failures = 0;
    while (failures < kFailuresMax && submit(second, CarrierHealth::kUnwell)) ++failures;
    EXPECT_LT(failures, kFailuresMax) << "it never opens";
    return failures;
  }
  static Instant at(int second) { return Instant(seconds(1'000'000 + second)); }
  static constexpr int kFailuresMax = 500;

  BreakerConfig config_;
  Breaker breaker_{config_};
};

TEST_F(BreakerTest, OpensByTheShareOfFailuresOfEnough) {
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(submit(1, CarrierHealth::kUnwell));
  EXPECT_TRUE(breaker_.lets_through(at(1))) << "four say nothing";
  EXPECT_TRUE(submit(1, CarrierHealth::kUnwell));
  EXPECT_FALSE(breaker_.lets_through(at(1)));
  EXPECT_EQ(breaker_.word().last_error, "why");
}

TEST_F(BreakerTest, AFewFailuresAmongMany) {
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(submit(i / 10, i % 3 == 0 ? CarrierHealth::kUnwell : CarrierHealth::kWell));
  }
}

TEST_F(BreakerTest, ACarrierThatDiesAfterALongGoodTimeIsFoundOutSoon) {
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(submit(1, CarrierHealth::kWell));
  EXPECT_EQ(fail_until_open(2), config_.sample * config_.failures_percent / 100);
}

TEST_F(BreakerTest, OldOutcomesDoNotCount) {
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(submit(1, CarrierHealth::kUnwell));
  EXPECT_TRUE(submit(62, CarrierHealth::kUnwell));
  EXPECT_TRUE(breaker_.lets_through(at(62)));
}

TEST_F(BreakerTest, OneProbeAtATimeDecides) {
  fail_until_open();
  EXPECT_FALSE(breaker_.lets_through(at(5)));
  ASSERT_TRUE(breaker_.lets_through(at(6)));
  auto probe = breaker_.admit(at(6));
  ASSERT_TRUE(probe && probe->probe);
  EXPECT_FALSE(breaker_.admit(at(6))) << "a second probe";
  EXPECT_TRUE(breaker_.report(*probe, CarrierHealth::kUnwell, "still", at(7)));
  EXPECT_FALSE(breaker_.lets_through(at(11)));
  probe = breaker_.admit(at(12));
  ASSERT_TRUE(probe);
  EXPECT_TRUE(breaker_.report(*probe, CarrierHealth::kWell, "", at(12)));
  EXPECT_TRUE(breaker_.lets_through(at(12)));
  EXPECT_EQ(breaker_.word().last_error, "still");
}

TEST_F(BreakerTest, AProbeThatTellsNothingOrNeverReturnsMakesRoom) {
  fail_until_open();
  auto probe = breaker_.admit(at(6));
  ASSERT_TRUE(probe);
  EXPECT_FALSE(breaker_.report(*probe, CarrierHealth::kSilent, "", at(6)));
  ASSERT_TRUE(breaker_.admit(at(6)));
  EXPECT_FALSE(breaker_.admit(at(25)));
  EXPECT_TRUE(breaker_.admit(at(26)));
}

TEST_F(BreakerTest, AnswersFromBeforeItTurnedSayNothing) {
  const auto early = breaker_.admit(at(1));
  ASSERT_TRUE(early);
  fail_until_open();
  EXPECT_FALSE(breaker_.report(*early, CarrierHealth::kWell, "", at(3)));
  EXPECT_FALSE(breaker_.lets_through(at(3)));
}

TEST_F(BreakerTest, FailuresFromBeforeItTurnedDoNotOpenItAgain) {
  std::vector<Breaker::Permit> early;
  for (int i = 0; i < config_.sample; ++i) early.push_back(*breaker_.admit(at(1)));
  fail_until_open();
  const auto probe = breaker_.admit(at(6));
  ASSERT_TRUE(probe);
  EXPECT_TRUE(breaker_.report(*probe, CarrierHealth::kWell, "", at(6)));
  for (const Breaker::Permit& permit : early) {
    EXPECT_FALSE(breaker_.report(permit, CarrierHealth::kUnwell, "late", at(6)));
  }
  EXPECT_FALSE(breaker_.word().open);
}

TEST_F(BreakerTest, TheNewestWordOfAnotherProcessCounts) {
  Breaker other{config_};
  for (int i = 0; i < kFailuresMax && other.admit(at(1)); ++i) {
    (void)other.report({false, 0}, CarrierHealth::kUnwell, "x", at(1));
  }
  breaker_.hear(other.word());
  EXPECT_FALSE(breaker_.lets_through(at(2)));
  const auto probe = breaker_.admit(at(6));
  ASSERT_TRUE(probe);
  EXPECT_TRUE(breaker_.report(*probe, CarrierHealth::kWell, "", at(6)));
  breaker_.hear(other.word());
  EXPECT_TRUE(breaker_.lets_through(at(6))) << "an old word";
  EXPECT_FALSE(breaker_.word().open) << "an old word";
  other.hear(breaker_.word());
  EXPECT_TRUE(other.lets_through(at(6)));
}

TEST_F(BreakerTest, ClosedItIsOfferedToAll) {
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(breaker_.offers(at(1))) << i;
}

TEST_F(BreakerTest, HalfOpenItIsOfferedToOneInAWhile) {
  fail_until_open();
  EXPECT_FALSE(breaker_.offers(at(2)));
  EXPECT_TRUE(breaker_.offers(at(6)));
  EXPECT_FALSE(breaker_.offers(at(6)));
  EXPECT_TRUE(breaker_.offers(at(7)));
}

TEST(KannelTroubleTest, NoWayToThereIsTheCarriersAndABadMessageIsNot) {
  const SubmitOutcome not_routable = kannel_outcome(403, "Not routable. Do not try again.", 1);
  EXPECT_EQ(not_routable.kind, Kind::kRefused);
  EXPECT_TRUE(not_routable.carrier_trouble);
  EXPECT_FALSE(kannel_outcome(400, "Missing receiver", 1).carrier_trouble);
  EXPECT_FALSE(kannel_outcome(503, "", 1).carrier_trouble) << "it is busy";
}

// Another carrier is asked only by whoever holds the claim, and while the message's fate is open.
TEST(RerouteTest, NeedsTheClaimAndAnOpenMessage) {
  Submission submission{};
  submission.account_id = 1;
  submission.message_id = new_uuid7();
  submission.claim = {new_uuid7(), 1};
  submission.claimed_as = MessageStatus::kQueued;
  submission.carrier = "a";
  const AdvanceMessage change = rerouted(submission, "b", "It is down.");
  EXPECT_EQ(change.event_key, "rerouted:1:a:b");
  const auto outcome_when = [&](MessageStatus status, bool claimed) {
    Known known;
    known.messages[{1, submission.message_id}].status = status;
    if (claimed) known.claims.insert(submission.claim.token);
    const Decision decision = decide(change, new_uuid7(), known);
    EXPECT_FALSE(decision.moved);
    return decision.result.outcome;
  };
  EXPECT_EQ(outcome_when(MessageStatus::kQueued, true), CommitResult::Outcome::kCommitted);
  EXPECT_EQ(outcome_when(MessageStatus::kQueued, false), CommitResult::Outcome::kNotAllowed);
  EXPECT_EQ(outcome_when(MessageStatus::kDelivered, true), CommitResult::Outcome::kNotAllowed);
}

// A message that a carrier may have stays that carrier's, whatever is answered to the second
// submit.
TEST(HeldMessageTest, IsNobodyElsesAndEndsInDoubt) {
  Submission submission{};
  submission.attempt = 2;
  submission.carrier = "a";
  const RetryDelays delays{seconds(1), seconds(2)};
  for (const Kind kind : {Kind::kRetryLater, Kind::kPaced, Kind::kFailed}) {
    submission.held = false;
    EXPECT_FALSE(record_outcome(submission, outcome(kind), now(), delays)->held_by);
    submission.held = true;
    EXPECT_EQ(record_outcome(submission, outcome(kind), now(), delays)->held_by, "a");
  }
  submission.attempt = kSubmitAttemptsMax;
  submission.auto_retries = 2;
  for (const Kind kind : {Kind::kRetryLater, Kind::kFailed}) {
    const auto change = record_outcome(submission, outcome(kind), now(), delays);
    EXPECT_EQ(change->error_code, "SUBMIT_UNKNOWN");
    EXPECT_EQ(change->carrier, "a");
  }
}

}  // namespace routing_test
}  // namespace dundun
