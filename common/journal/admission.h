// Decides what a batch may do, between the locking reads and the writes. Pure, so that every rule
// of money and state is tested without a database.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common/journal/change.h"
#include "common/sms/account.h"

namespace dundun {

// Retries by hand of one message. Automatic retries do not count.
inline constexpr int kManualRetriesMax = 10;

using WalletKey = std::pair<int64_t, Environment>;    // account, environment
using MessageKey = std::pair<int64_t, Uuid>;          // account, message
using AnswerKey = std::pair<int64_t, std::string>;    // account, key hash
using EventKey = std::pair<MessageKey, std::string>;  // message, event_key
using PaymentKey = std::pair<int64_t, Uuid>;          // account, payment
// account, environment, phone
using OptOutKey = std::tuple<int64_t, Environment, std::string>;
// account, carrier, the carrier's id
using InboundKey = std::tuple<int64_t, std::string, std::string>;
using NoticeKey = std::pair<int64_t, std::string>;  // account, dedupe_key

struct WalletState {
  Micros balance_micros = 0;
  int64_t seq = 0;
  int64_t seq_before = 0;  // when it was locked
  std::string currency;
  bool refund_on_any_failure = false;
  std::optional<Micros> low_balance_micros;  // below it the account is notified
  bool has_opt_outs = false;                 // the account has some; see Known::opt_outs
  AccountStatus account = AccountStatus::kActive;
  bool changed = false;
  bool became_low = false;  // fell below the threshold in this batch, and still is
  Micros charged_micros = 0, refunded_micros = 0;  // in this batch; neither is negative
};

struct MessageState {
  Environment environment = Environment::kLive;
  MessageStatus status = MessageStatus::kQueued;
  Micros cost_micros = 0;
  bool refunded = false;
  bool accepted_by_carrier = false;
  std::optional<Instant> submitted_at;  // when a carrier took it, if the row was read and one has
  std::string phone;
  std::string route;
  int retry_count = 0;
  int auto_retries = 0;
  std::optional<Uuid> campaign_id;
  std::string app_id;              // or empty
  std::string carrier_message_id;  // once a carrier gave one
  std::string carrier;             // took it, or was asked last; or empty
  std::optional<Uuid> last_retry;  // the message that sends it again
  std::optional<Uuid> trace_id;    // of the caller's trace, if it is recorded
  bool retry_is_open = false;      // and whether that one may still arrive
  bool waiting = false;            // in the queue, not claimed
  // Set if the row was not read: the UPDATE checks that the message has this status.
  std::optional<MessageStatus> expected;
};

struct PaymentState {
  Environment environment = Environment::kLive;
  Micros amount_micros = 0;
  bool paid = false;
};

// What a commit of unknown outcome is found to have done.
struct CommittedCharge {
  Micros balance_after_micros = 0;
  Claim claim;
};

// The current window of a quota.
struct VerifyCounter {
  Instant starts_at;
  std::chrono::milliseconds elapsed{0};
  int64_t current = 0;
  int64_t previous = 0;  // in the whole window before
  int64_t added = 0;     // by this batch
};

struct VerificationState {
  VerifyStatus status = VerifyStatus::kPending;
  bool expired = false;
  int sends = 0;
  std::chrono::milliseconds since_send{0};
};

struct AnswerState {
  std::string request_hash;
  Uuid message_id;
  Micros balance_after_micros = 0;
  std::optional<StoredAnswer> answer;
  std::chrono::milliseconds age{0};
};

// What the locking reads found. decide() keeps it up to date as it admits.
struct Known {
  std::map<WalletKey, WalletState> wallets;
  std::map<MessageKey, MessageState> messages;
  std::map<AnswerKey, AnswerState> answers;
  std::map<EventKey, Uuid> events;                // -> event_id
  std::map<MessageKey, CampaignState> campaigns;  // by account and batch
  std::set<Uuid> claims;                          // those that still exist
  std::map<PaymentKey, PaymentState> payments;
  std::map<NoticeKey, Uuid> notices;   // -> event_id
  std::map<InboundKey, Uuid> inbound;  // -> inbound_id
  std::set<OptOutKey> opt_outs;        // of the recipients in the batch
  std::map<VerifyCounterKey, VerifyCounter> verify_counters;
  std::map<MessageKey, VerificationState> verifications;  // by account and verification
  // Accounts with a live webhook endpoint -> the events wanted: bit 0 inbound, bit n status n.
  std::map<int64_t, int32_t> webhooks;
  // Only after a commit of unknown outcome.
  std::map<MessageKey, CommittedCharge> committed_charges;
};

struct LedgerLine {
  enum class Type : int16_t {
    kCredit = 1,
    kCharge = 2,
    kManualCredit = 3,
    kManualDebit = 4,
    kRefund = 5
  };
  Type type;
  Micros amount_micros;
  int64_t seq;
  Micros balance_after_micros;
};

struct Decision {
  CommitResult result;
  bool apply = false;  // true: write it; false: the result says why not
  std::optional<LedgerLine> ledger;
  bool moved = false;  // the status changes from `from` to result.status
  MessageStatus from = MessageStatus::kQueued;
  bool refunded = false;
  int claims = 0;  // messages that go under the batch's claim
};

// An admitted change, when all changes of its batch are decided.
struct Admitted {
  const Uuid& event_id;
  const Decision& decision;
  const Known& known;
};

// Decides one change by what is known, in the order of arrival. event_id stays the same when the
// batch is tried again.
Decision decide(const Change& change, const Uuid& event_id, Known& known);

// What several kinds need to decide.
Decision refuse(CommitResult::Outcome outcome, const Uuid& message_id);
// Changes a wallet; the result is its ledger entry.
LedgerLine post(WalletState& wallet, LedgerLine::Type type, Micros amount_micros);
// The decision if the key was seen before: kReplay, kInProgress or kKeyReused.
std::optional<Decision> answer_of_key(int64_t account_id, const std::optional<IdempotencyKey>& key,
                                      const Known& known);

}  // namespace dundun
