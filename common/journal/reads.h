// What a batch locks and reads in its first round trip.
#pragma once

#include <map>
#include <string_view>
#include <tuple>
#include <vector>

#include "common/io/pg.h"
#include "common/journal/admission.h"
#include "common/journal/locked_read.h"

namespace dundun {

// How much a batch believes.
enum class BatchMode {
  kPlain,
  kCautious,  // read and lock every message: what a plain try assumed was wrong
  kResolve,   // cautious, and an earlier try may have committed: look for what it left
};

// Keys of reads.
using ClaimRef = std::tuple<Uuid>;
using AccountRef = std::tuple<int64_t>;
using AnswerRef = std::tuple<int64_t, std::string_view>;       // account, key hash
using EventRef = std::tuple<int64_t, Uuid, std::string_view>;  // account, message, event key
using NoticeRef = std::tuple<int64_t, std::string_view>;       // account, dedupe_key
// account, carrier, the carrier's id
using InboundRef = std::tuple<int64_t, std::string_view, std::string_view>;
// account, environment, kind, subject, window in s
using CounterRef = std::tuple<int64_t, Environment, VerifyQuota::Kind, std::string_view, int64_t>;
using PhoneRef = std::tuple<int64_t, Environment, std::string_view>;

// Each stands beside the kind of change that knows its table best.
// changes/wallet.cpp
extern const ReadRule<WalletKey, decltype(Known::wallets)> kWalletRead;
extern const ReadRule<PaymentKey, decltype(Known::payments)> kPaymentRead;
// changes/accept_message.cpp
extern const ReadRule<MessageKey, decltype(Known::committed_charges)> kChargeRead;
extern const ReadRule<AccountRef, decltype(Known::webhooks)> kWebhookRead;
// changes/advance_message.cpp
extern const ReadRule<MessageKey, decltype(Known::messages)> kMessageRead;
extern const ReadRule<MessageKey, decltype(Known::messages)> kDispatchRead;
extern const ReadRule<ClaimRef, decltype(Known::claims)> kClaimRead;
extern const ReadRule<EventRef, decltype(Known::events)> kEventRead;
// changes/answer.cpp
extern const ReadRule<AnswerRef, decltype(Known::answers)> kAnswerRead;
// changes/campaign.cpp
extern const ReadRule<MessageKey, decltype(Known::campaigns)> kCampaignRead;
extern const ReadRule<MessageKey, decltype(Known::committed_charges)> kCampaignChargeRead;
// changes/notice.cpp
extern const ReadRule<NoticeRef, decltype(Known::notices)> kNoticeRead;
// changes/inbound.cpp
extern const ReadRule<InboundRef, decltype(Known::inbound)> kInboundRead;
extern const ReadRule<PhoneRef, decltype(Known::opt_outs)> kOptOutRead;
// changes/verify.cpp
extern const ReadRule<CounterRef, decltype(Known::verify_counters)> kCounterRead;
extern const ReadRule<MessageKey, decltype(Known::verifications)> kVerificationRead;

class Reads {
 public:
  Reads(BatchMode mode, ReadScope scope) : mode_(mode), scope_(scope) {}
  BatchMode mode() const { return mode_; }

  // In the order in which every batch locks them, so that two batches cannot deadlock.
  LockedRead<WalletKey, decltype(Known::wallets)> wallets{kWalletRead};
  LockedRead<MessageKey, decltype(Known::messages)> messages{kMessageRead};
  LockedRead<MessageKey, decltype(Known::campaigns)> campaigns{kCampaignRead};
  LockedRead<MessageKey, decltype(Known::messages)> dispatch{kDispatchRead};
  LockedRead<ClaimRef, decltype(Known::claims)> claims{kClaimRead};
  LockedRead<AnswerRef, decltype(Known::answers)> answers{kAnswerRead};
  LockedRead<EventRef, decltype(Known::events)> events{kEventRead};
  LockedRead<MessageKey, decltype(Known::committed_charges)> charges{kChargeRead};
  LockedRead<MessageKey, decltype(Known::committed_charges)> campaign_charges{kCampaignChargeRead};
  LockedRead<PaymentKey, decltype(Known::payments)> payments{kPaymentRead};
  LockedRead<AccountRef, decltype(Known::webhooks)> webhooks{kWebhookRead};
  LockedRead<NoticeRef, decltype(Known::notices)> notices{kNoticeRead};
  LockedRead<InboundRef, decltype(Known::inbound)> inbound{kInboundRead};
  // After the wallets are locked, so that other batches with codes of the account wait.
  LockedRead<CounterRef, decltype(Known::verify_counters)> verify_counters{kCounterRead};
  LockedRead<MessageKey, decltype(Known::verifications)> verifications{kVerificationRead};

  // In a round trip of its own, and only for accounts that have opt-outs: most have none.
  LockedRead<PhoneRef, decltype(Known::opt_outs)> opt_outs{kOptOutRead};

  // The message is taken to be so, unless another change of the batch has it read.
  void assume(const MessageKey& message, MessageState state) {
    assumed_.try_emplace(message, std::move(state));
  }

  // begin, the question whether this is still the database, and the reads. absorb() takes their
  // answers.
  std::vector<Pg::Call> calls();
  void absorb(std::span<const PgRows> rows, Known& known);
  // The second round trip's; empty if there is none.
  std::vector<Pg::Call> late_calls(const Known& known);
  void absorb_late(std::span<const PgRows> rows, Known& known);

 private:
  template <class Act>
  void in_order(Act act);

  BatchMode mode_;
  ReadScope scope_;
  std::map<MessageKey, MessageState> assumed_;
};

}  // namespace dundun
