// What a batch may do: the decision between the locking reads and the writes. Pure, so every rule
// of money and state is tested without a database.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common/journal/change.h"

namespace dundun {

using WalletKey = std::pair<int64_t, Environment>;    // account, environment
using MessageKey = std::pair<int64_t, Uuid>;          // account, message
using AnswerKey = std::pair<int64_t, std::string>;    // account, key hash
using EventKey = std::pair<MessageKey, std::string>;  // message, event_key

struct WalletState {
  Micros balance_micros = 0;
  int64_t seq = 0;
  std::string currency;
  bool refund_on_any_failure = false;
  bool changed = false;
};

enum class DispatchState { kNone, kWaiting, kSubmitting };

struct MessageState {
  Environment environment = Environment::kLive;
  MessageStatus status = MessageStatus::kQueued;
  Micros cost_micros = 0;
  bool refunded = false;
  bool accepted_by_carrier = false;
  std::string phone;
  std::string route;
  DispatchState dispatch = DispatchState::kNone;
  Uuid token;
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
  std::map<EventKey, Uuid> events;                 // -> event_id
  std::map<MessageKey, Micros> committed_charges;  // only after a commit of unknown outcome
};

struct LedgerLine {
  enum class Type : int16_t { kCharge = 2, kRefund = 5 };
  Type type;
  Micros amount_micros;
  int64_t seq;
  Micros balance_after_micros;
};

struct Decision {
  Receipt receipt;
  bool apply = false;  // write it; otherwise the receipt says why not
  std::optional<LedgerLine> ledger;
  bool moved = false;  // the status changes from `from` to receipt.status
  MessageStatus from = MessageStatus::kQueued;
  bool refunded = false;
};

// One change against what is known, in arrival order. event_id names the change across retries.
Decision decide(const Change& change, const Uuid& event_id, Known& known);

}  // namespace dundun
