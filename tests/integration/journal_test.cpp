// The journal by itself, with its reads for all accounts of a batch in one call and with one call
// an account: every kind of change must end the same.
#include "common/journal/journal.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <tuple>
#include <utility>

#include "common/base/metrics.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"

namespace dundun {
namespace journal_test {

using Outcome = CommitResult::Outcome;
using Outcomes = std::vector<Outcome>;
using Status = MessageStatus;

constexpr Micros kPrice = 1'000'000;
constexpr int kAccounts = 3;

// How the reads are scoped, and how many writers there are.
class JournalTest : public testing::TestWithParam<std::pair<ReadScope, int>> {
 protected:
  JournalTest()
      : database_(Stack::shared().fresh_database()), pg_(patient(database_)), journal_(options()) {
    SeedOptions wallet;
    wallet.live_micros = 10 * kPrice;
    for (int64_t& account : accounts_) account = seed_account(pg_, wallet);
  }
  Journal::Options options() const {
    Journal::Options options;
    options.database_url = database_;
    options.redis_url = Stack::shared().redis_url();
    std::tie(options.reads, options.writers) = GetParam();
    return options;
  }

  AcceptMessage message(int64_t account, const std::string& phone = "+254712345678") const {
    AcceptMessage accept{};
    accept.account_id = account;
    accept.environment = Environment::kLive;
    accept.message_id = new_uuid7();
    accept.phone = phone;
    accept.body = "Gate 4 opens at nine.";
    accept.sender = "Dundun";
    accept.route = "ESMS_KE";
    accept.country = "KE";
    accept.segments = 1;
    accept.cost_micros = accept.route_cost_micros = kPrice;
    accept.cost_currency = accept.route_currency = "KES";
    accept.description = "SMS";
    accept.source = "api_key";
    return accept;
  }
  static AdvanceMessage advance(const AcceptMessage& of, Status to, const std::string& key) {
    AdvanceMessage advance{};
    advance.account_id = of.account_id;
    advance.environment = of.environment;
    advance.message_id = of.message_id;
    advance.to = to;
    advance.event = advance.event_key = key;
    return advance;
  }

  std::vector<CommitResult> results_of(std::vector<Change> changes) {
    std::vector<CommitResult> results;
    for (Result<CommitResult>& result : journal_.commit_all(std::move(changes))) {
      EXPECT_TRUE(result) << result.error().detail;
      results.push_back(result ? *std::move(result) : CommitResult{});
    }
    return results;
  }
  Outcomes commit(std::vector<Change> changes) {
    Outcomes outcomes;
    for (const CommitResult& result : results_of(std::move(changes))) {
      outcomes.push_back(result.outcome);
    }
    return outcomes;
  }
  int64_t count(const std::string& what) { return number_of(pg_, "select count(*) from " + what); }
  // Of an account, in messages.
  int64_t left(int64_t account) {
    return number_of(pg_,
                     "select balance_micros from wallets where environment = 0"
                     " and account_id = " +
                         std::to_string(account)) /
           kPrice;
  }

  std::string database_;
  Pg pg_;
  Journal journal_;
  std::array<int64_t, kAccounts> accounts_{};
};

TEST_P(JournalTest, MessagesAreChargedSubmittedAndDeliveredOnce) {
  std::vector<AcceptMessage> messages;
  for (int i = 0; i < 4; ++i) {  // not in the order of the accounts
    for (int64_t account : {accounts_[2], accounts_[0], accounts_[1]}) {
      messages.push_back(message(account));
    }
  }
  const auto accepted = results_of({messages.begin(), messages.end()});
  std::vector<Change> outcomes, receipts;
  for (size_t i = 0; i < messages.size(); ++i) {
    EXPECT_EQ(accepted[i].outcome, Outcome::kCommitted);
    AdvanceMessage done = advance(messages[i], Status::kSubmitted, "submitted");
    done.dispatch = DispatchStep::kFinish;
    done.claim = accepted[i].claim;
    done.claimed_as = Status::kQueued;
    outcomes.emplace_back(done);
    receipts.emplace_back(advance(messages[i], Status::kDelivered, "dlr:DELIVRD"));
  }
  const Outcomes all(messages.size(), Outcome::kCommitted);
  EXPECT_EQ(commit(outcomes), all);
  EXPECT_EQ(commit(outcomes), Outcomes(messages.size(), Outcome::kNotAllowed)) << "no claim left";
  EXPECT_EQ(count("claims"), 0);
  EXPECT_EQ(commit(receipts), all);
  EXPECT_EQ(commit(receipts), Outcomes(messages.size(), Outcome::kDuplicate));
  EXPECT_EQ(count("messages where status = 5"), 12);
  for (int64_t account : accounts_) EXPECT_EQ(left(account), 6);
}

// PostgreSQL is away for longer than callers wait: they hear of it in time, what the carrier
// answered is recorded all the same, and what can be said again is not.
TEST_P(JournalTest, WhatACarrierAnsweredOutlastsTheDeadlineOfItsCaller) {
  Journal::Options impatient = options();
  impatient.deadline = std::chrono::milliseconds(300);
  impatient.statement_timeout = std::chrono::milliseconds(100);
  Journal journal(impatient);
  const AcceptMessage answered = message(accounts_[0]), unclaimed = message(accounts_[1]);
  const auto accepted = results_of({answered, unclaimed});
  AdvanceMessage outcome = advance(answered, Status::kSubmitted, "submitted");
  outcome.dispatch = DispatchStep::kFinish;
  outcome.claim = accepted[0].claim;
  outcome.claimed_as = Status::kQueued;
  sql_of_test(pg_, "begin");
  sql_of_test(pg_, "lock table messages in access exclusive mode");
  std::atomic<int> late{0}, again{0};
  const auto count_late = [&](const Result<CommitResult>& result) {
    ++(!result && result.error().code == ErrorCode::kUnavailable ? late : again);
  };
  journal.submit(outcome, count_late);
  journal.submit(advance(unclaimed, Status::kDelivered, "dlr:DELIVRD"), count_late);
  EXPECT_TRUE(wait_until([&] { return late == 2; }));
  sql_of_test(pg_, "rollback");
  EXPECT_TRUE(wait_until([&] { return count("messages where submitted_at is not null") == 1; }));
  journal.flush();
  EXPECT_EQ(count("messages where status = 5"), 0) << "a receipt comes again";
  EXPECT_EQ(again, 0) << "nobody hears twice";
}

TEST_P(JournalTest, ARepeatedKeyGetsItsAnswerAndAnEmptyWalletRefuses) {
  std::vector<Change> changes, answers;
  for (int64_t account : accounts_) {
    AcceptMessage accept = message(account);
    accept.idempotency = {.key_hash = std::string(32, 'k'), .request_hash = std::string(32, 'r')};
    changes.emplace_back(accept);
    answers.emplace_back(StoreAnswer{account, {std::string(32, 'k'), 200, "done"}});
  }
  EXPECT_EQ(commit(changes), Outcomes(kAccounts, Outcome::kCommitted));
  EXPECT_EQ(commit(changes), Outcomes(kAccounts, Outcome::kInProgress));
  EXPECT_EQ(commit(answers), Outcomes(kAccounts, Outcome::kCommitted));
  const auto repeated = results_of(changes);
  for (const CommitResult& result : repeated) {
    EXPECT_EQ(result.outcome, Outcome::kReplay);
    EXPECT_EQ(result.answer.body, "done");
  }
  AcceptMessage dear = message(accounts_[1]);
  dear.cost_micros = 10 * kPrice;
  EXPECT_EQ(commit({dear, message(accounts_[0])}),
            (Outcomes{Outcome::kInsufficientBalance, Outcome::kCommitted}));
}

TEST_P(JournalTest, WhatWaitsIsWithdrawnAndRefundedOnce) {
  std::vector<Change> changes, cancels;
  for (int64_t account : accounts_) {
    AcceptMessage later = message(account);
    later.scheduled_at = now() + std::chrono::hours(1);
    changes.emplace_back(later);
    AdvanceMessage cancel = advance(later, Status::kCancelled, "cancelled");
    cancel.dispatch = DispatchStep::kWithdraw;
    cancel.refundable = true;
    cancels.emplace_back(cancel);
  }
  EXPECT_EQ(commit(changes), Outcomes(kAccounts, Outcome::kCommitted));
  EXPECT_EQ(count("dispatch"), kAccounts);
  EXPECT_EQ(commit(cancels), Outcomes(kAccounts, Outcome::kCommitted));
  EXPECT_EQ(commit(cancels), Outcomes(kAccounts, Outcome::kDuplicate));
  EXPECT_EQ(count("dispatch"), 0);
  for (int64_t account : accounts_) EXPECT_EQ(left(account), 10);
}

TEST_P(JournalTest, ACampaignIsPaidMadeAndRefunded) {
  std::vector<Change> accepts, chunks, cancels;
  for (int64_t account : accounts_) {
    AcceptCampaign campaign{};
    campaign.account_id = account;
    campaign.campaign_id = new_uuid7();
    campaign.environment = Environment::kLive;
    campaign.body = "Gate 4";
    campaign.source = "api_key";
    campaign.total = 3;
    campaign.segments = 3;
    campaign.cost_micros = 3 * kPrice;
    campaign.cost_currency = "KES";
    accepts.emplace_back(campaign);
    ExpandCampaign chunk{};
    chunk.account_id = account;
    chunk.campaign_id = campaign.campaign_id;
    chunk.environment = Environment::kLive;
    chunk.to = {0, 1};
    chunk.lists = 1;
    chunk.next_due = now();
    chunk.messages = {message(account)};
    chunk.messages[0].campaign_id = campaign.campaign_id;
    chunks.emplace_back(chunk);
    SteerCampaign cancel{};
    cancel.account_id = account;
    cancel.campaign_id = campaign.campaign_id;
    cancel.environment = Environment::kLive;
    cancel.step = CampaignStep::kCancel;
    cancels.emplace_back(cancel);
  }
  EXPECT_EQ(commit(accepts), Outcomes(kAccounts, Outcome::kCommitted));
  for (int64_t account : accounts_) EXPECT_EQ(left(account), 7);
  EXPECT_EQ(commit(chunks), Outcomes(kAccounts, Outcome::kCommitted));
  EXPECT_EQ(commit(chunks), Outcomes(kAccounts, Outcome::kNotAllowed)) << "the cursor moved on";
  EXPECT_EQ(commit(cancels), Outcomes(kAccounts, Outcome::kCommitted));
  EXPECT_EQ(count("messages"), kAccounts);
  for (int64_t account : accounts_) EXPECT_EQ(left(account), 9);
}

TEST_P(JournalTest, CreditsNoticesAndTextsAreTakenOnce) {
  std::vector<Change> changes;
  for (int64_t account : accounts_) {
    CreditWallet credit{};
    credit.account_id = account;
    credit.environment = Environment::kLive;
    credit.payment_id = new_uuid7();
    credit.amount_micros = 5 * kPrice;
    credit.description = "Top-up";
    sql_of_test(pg_,
                "insert into payments (account_id, payment_id, environment, provider,"
                " amount_micros, currency) values (" +
                    std::to_string(account) + ", '" + to_string(credit.payment_id) +
                    "', 0, 'sandbox', " + std::to_string(credit.amount_micros) + ", 'KES')");
    changes.emplace_back(credit);
    Notify notify{};
    notify.account_id = account;
    notify.type = "sender_approved";
    notify.dedupe_key = "once";
    changes.emplace_back(notify);
    RecordInbound record{};
    record.account_id = account;
    record.inbound_id = new_uuid7();
    record.carrier = "loopback";
    record.carrier_message_id = "mo-1";
    record.from = "+254700000001";
    record.to = "22334";
    record.text = "STOP";
    record.wish = OptOutWish::kStop;
    changes.emplace_back(record);
  }
  EXPECT_EQ(commit(changes), Outcomes(changes.size(), Outcome::kCommitted));
  for (size_t i = 2; i < changes.size(); i += 3) {
    std::get<RecordInbound>(changes[i]).inbound_id = new_uuid7();
  }
  EXPECT_EQ(commit(changes), Outcomes(changes.size(), Outcome::kDuplicate));
  for (int64_t account : accounts_) EXPECT_EQ(left(account), 15);
  EXPECT_EQ(count("notifications"), 2 * kAccounts) << "a payment is told too";
  EXPECT_EQ(count("inbound_messages"), kAccounts);
  EXPECT_EQ(commit({message(accounts_[2], "+254700000001"), message(accounts_[0]),
                    message(accounts_[1], "+254700000001")}),
            (Outcomes{Outcome::kOptedOut, Outcome::kCommitted, Outcome::kOptedOut}));
}

TEST_P(JournalTest, QuotasOfCodesHoldForEachAccount) {
  std::vector<Change> first, second, again;
  for (int64_t account : accounts_) {
    AcceptMessage accept = message(account);
    accept.code.emplace();
    VerifyCode& code = *accept.code;
    code.verification_id = new_uuid7();
    code.salt = code.code_hash = std::string(32, 's');
    code.expires_at = now() + std::chrono::minutes(5);
    code.quotas = {{.kind = VerifyQuota::Kind::kNumber,
                    .subject = accept.phone,
                    .window = std::chrono::hours(24 * 365),
                    .most = 1}};
    code.code_length = 6;
    code.expiry = std::chrono::minutes(5);
    code.attempts_max = 5;
    first.emplace_back(accept);
    accept.message_id = new_uuid7();
    accept.code->verification_id = new_uuid7();
    second.emplace_back(accept);
    accept.code = std::get<AcceptMessage>(first.back()).code;
    accept.code->step = VerifyCode::Step::kResend;
    accept.code->sends_max = 4;
    accept.code->pause = std::chrono::hours(1);
    again.emplace_back(accept);
  }
  EXPECT_EQ(commit(first), Outcomes(kAccounts, Outcome::kCommitted));
  EXPECT_EQ(commit(second), Outcomes(kAccounts, Outcome::kCodeRefused));
  for (const CommitResult& result : results_of(again)) {
    EXPECT_EQ(result.outcome, Outcome::kCodeRefused);
    EXPECT_EQ(result.code_refusal.reason, VerifyRefusal::Reason::kTooSoon);
  }
  EXPECT_EQ(count("verifications"), kAccounts);
}

// As common/carrier makes it of a carrier that took the message.
AdvanceMessage submitted(AdvanceMessage record, const Claim& claim) {
  record.dispatch = DispatchStep::kFinish;
  record.claim = claim;
  record.claimed_as = Status::kQueued;
  record.carrier_message_id = R"(id "7")";
  record.detail = "Gateway accepted";
  record.metadata = R"({"gateway_message_id":"id \"7\""})";
  record.regular_submit = true;
  return record;
}

constexpr const char* kLine =
    "message_timeline where event = 'submitted' and status = 3 and detail = 'Gateway accepted'"
    " and metadata = '{\"gateway_message_id\":\"id \\\"7\\\"\"}'"
    " and event_key = 'submitted' and at > now() - interval '1 minute' and event_id is not null";

TEST_P(JournalTest, ARegularSubmitIsALineOfTheTimelineAndNoRow) {
  const AcceptMessage accept = message(accounts_[0]);
  const Claim claim = results_of({accept}).front().claim;
  const AdvanceMessage record = submitted(advance(accept, Status::kSubmitted, "submitted"), claim);
  EXPECT_EQ(commit({record}), Outcomes{Outcome::kCommitted});
  EXPECT_EQ(count("message_events"), 0);
  EXPECT_EQ(count(kLine), 1);
  EXPECT_EQ(count("messages where status = 3 and moves = 2 and submitted_at is not null"), 1);
  // Without its claim only the event tells that it was recorded before.
  AdvanceMessage repeated = record;
  repeated.dispatch = DispatchStep::kKeep;
  repeated.claimed_as.reset();
  EXPECT_EQ(commit({repeated}), Outcomes{Outcome::kDuplicate});
  // Stored too, by a program of the release before.
  sql_of_test(pg_,
              "insert into message_events select account_id, message_id, event_key, event, status,"
              " detail, metadata, at, event_id from message_timeline");
  EXPECT_EQ(count(kLine), 1);
}

TEST_P(JournalTest, ASubmitThatSaysMoreIsStored) {
  const AcceptMessage dear = message(accounts_[0]), late = message(accounts_[1]);
  const auto accepted = results_of({dear, late});
  AdvanceMessage record =
      submitted(advance(dear, Status::kSubmitted, "submitted"), accepted[0].claim);
  record.regular_submit = false;
  record.metadata = R"({"gateway_message_id":"8","carrier_cost":"1.2"})";
  EXPECT_EQ(commit({record}), Outcomes{Outcome::kCommitted});
  EXPECT_EQ(count("message_events where metadata like '%carrier_cost%'"), 1);
  // The receipt was quicker than the record: the status does not move any more.
  EXPECT_EQ(commit({advance(late, Status::kDelivered, "dlr:DELIVRD")}),
            Outcomes{Outcome::kCommitted});
  EXPECT_EQ(commit({submitted(advance(late, Status::kSubmitted, "submitted"), accepted[1].claim)}),
            Outcomes{Outcome::kCommitted});
  EXPECT_EQ(count(kLine), 1);
  EXPECT_EQ(count("message_events"), 3);
  EXPECT_EQ(count("messages where status = 5 and moves = 2 and submitted_event is null"), 1);
}

// Locks are taken in one order, so two journals wait for each other and never fail.
TEST_P(JournalTest, TwoJournalsOfManyAccountsDoNotDeadlock) {
  constexpr int kRounds = 30;
  Journal other(options());
  std::vector<AcceptMessage> messages;
  for (int i = 0; i < 9; ++i) {
    for (int64_t account : accounts_) messages.push_back(message(account));
  }
  EXPECT_EQ(commit({messages.begin(), messages.end()}),
            Outcomes(messages.size(), Outcome::kCommitted));
  Counter& failed = counter("dundun_journal_failed_batches_total");
  const uint64_t failed_before = failed.value();
  const auto work = [&](Journal& journal, const std::string& name, bool backwards) {
    for (int round = 0; round < kRounds; ++round) {
      std::vector<Change> changes;
      for (const AcceptMessage& one : messages) {
        changes.emplace_back(advance(one, Status::kQueued, name + std::to_string(round)));
      }
      if (backwards) std::reverse(changes.begin(), changes.end());
      for (const Result<CommitResult>& result : journal.commit_all(std::move(changes))) {
        ASSERT_TRUE(result);
        EXPECT_EQ(result->outcome, Outcome::kCommitted);
      }
    }
  };
  std::thread one([&] { work(journal_, "one", false); });
  work(other, "two", true);
  one.join();
  EXPECT_EQ(failed.value(), failed_before);
  EXPECT_EQ(count("message_events"), 2 * kRounds * static_cast<int64_t>(messages.size()));
}

INSTANTIATE_TEST_SUITE_P(Scopes, JournalTest,
                         testing::Values(std::pair(ReadScope::kBatch, 1),
                                         std::pair(ReadScope::kBatch, 2),
                                         std::pair(ReadScope::kAccount, 1)),
                         [](const auto& way) {
                           const bool batch = way.param.first == ReadScope::kBatch;
                           return std::string(batch ? "Batch" : "Account") +
                                  (way.param.second == 1 ? "" : "TwoWriters");
                         });

}  // namespace journal_test
}  // namespace dundun
