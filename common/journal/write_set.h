// The rows that a batch writes, gathered by columns for the unnest statements.
#pragma once

#include <array>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/io/pg.h"
#include "common/journal/admission.h"
#include "common/journal/columns.h"
#include "common/journal/due_hint.h"
#include "common/journal/message_rows.h"
#include "common/journal/shards.h"

namespace dundun {

// The order in which every batch writes its tables.
enum class WritePlace {
  kMessages,
  kDispatch,
  kLedger,
  kCredits,
  kWallets,
  kMessageUpdates,
  kSubmits,
  kWithdrawn,
  kMoved,
  kTimeline,
  kDeliveries,
  kDaily,
  kRouteHours,
  kBatchCounts,
  kCampaigns,
  kKeys,
  kAnswers,
  kNotifications,
  kInbound,
  kOptOuts,
  kOptIns,
  kInboundDeliveries,
  kCarrierIds,
  kCount
};

// A statement, its place among the writes, and the types of its columns. Stands beside the function
// that adds its rows.
template <size_t N>
struct Table {
  constexpr Table(WritePlace where, const Statement& what, const PgArray::Type (&columns)[N])
      : place(where), statement(what), types(std::to_array(columns)) {}
  WritePlace place;
  const Statement& statement;
  std::array<PgArray::Type, N> types;
};

// The last wish of a sender in the batch.
struct OptOutChange {
  OptOutWish wish;
  Uuid inbound_id;
};

class WriteSet {
 public:
  explicit WriteSet(const Shards& shards) : shards_(shards) {}
  const Shards& shards() const { return shards_; }

  template <size_t N, class... Values>
  void row(const Table<N>& table, const Values&... values) {
    static_assert(sizeof...(Values) == N, "one value for each column");
    columns(table).row(values...);
  }
  template <size_t N>
  Columns& columns(const Table<N>& table) {
    std::optional<Columns>& made = tables_[static_cast<size_t>(table.place)];
    if (!made) made.emplace(table.statement, table.types);
    return *made;
  }
  // A statement for a single row, after all tables.
  void add(Pg::Call call) { others_.push_back(std::move(call)); }

  // What several changes of a batch may mean for one row: becomes rows at the end.
  MessageRows messages;
  std::map<OptOutKey, OptOutChange> opt_outs;

  // The message goes under the batch's claim. An empty carrier is not known.
  void claim(const MessageKey& message, const std::string& carrier,
             std::chrono::milliseconds lease);
  void add_claim(const Claim& claim);
  // The outcome of one message of the claim is written.
  void record(const Claim& claim);
  const ClaimCounts& recorded() const { return recorded_; }
  void delete_claims(const std::vector<Uuid>& tokens);

  void add_outbox(const Uuid& id, std::string events);
  void delete_outbox(const std::vector<Uuid>& ids);
  void hint(const MessageKey& message, Instant due_at);
  std::vector<DueHint> take_due_hints() { return std::move(due_hints_); }

  // A receipt that the loopback carrier will give, `after` the commit.
  void plan_receipt(const MessageKey& message, Environment environment,
                    std::chrono::milliseconds after, const std::string& word);

  // All writes in their fixed order, then commit.
  std::vector<Pg::Call> calls() &&;

 private:
  Shards shards_;
  std::array<std::optional<Columns>, static_cast<size_t>(WritePlace::kCount)> tables_;
  PgArray claimed_accounts_{PgArray::Type::kInt8};
  PgArray claimed_messages_{PgArray::Type::kUuid};
  PgArray claimed_carriers_{PgArray::Type::kText};
  std::chrono::milliseconds lease_{0};
  ClaimCounts recorded_;
  std::map<int64_t, std::vector<PgArray>> receipts_;  // delay in ms -> columns
  std::vector<Pg::Call> others_;
  std::vector<DueHint> due_hints_;
};

// Rows that several kinds of change add; each stands with its table in changes/.
struct LedgerPurpose {
  std::optional<Uuid> message_id;
  std::optional<Uuid> campaign_id;
  const std::string& description;
  const std::string& rate;  // or empty
};
void add_ledger(const WalletKey& wallet, const LedgerLine& line, const LedgerPurpose& purpose,
                WriteSet& set);
// `id`: of the message or campaign that the key made.
void add_key(int64_t account_id, const IdempotencyKey& key, const Uuid& id,
             Micros balance_after_micros, const std::optional<StoredAnswer>& answer, WriteSet& set);
void add_answer(int64_t account_id, const StoredAnswer& answer, WriteSet& set);
// The message, its place in the queue or under the claim, and its count.
void add_message(const AcceptMessage& accept, MessageStatus status, const Known& known,
                 WriteSet& set);
void add_code(const AcceptMessage& accept, WriteSet& set);

// Rows that a batch adds once, for all of its changes; they stand there too.
void write_notifications(const std::vector<Notification>& notifications, WriteSet& set);
void write_wallets(const Known& known, WriteSet& set);
void write_campaigns(const Known& known, WriteSet& set);
void write_verify_counters(const Known& known, WriteSet& set);
void write_opt_outs(WriteSet& set);

inline std::optional<std::string_view> unless_empty(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return std::string_view(text);
}

}  // namespace dundun
