// The rows that a batch writes, gathered by columns for the unnest statements.
#pragma once

#include <array>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "common/io/pg.h"
#include "common/journal/batch.h"

namespace dundun {

// The columns of one unnest statement. Rows are added whole.
class Columns {
 public:
  Columns(const Statement& statement, std::initializer_list<PgArray::Type> types);

  template <class... Values>
  void row(const Values&... values) {
    size_t column = 0;
    (arrays_[column++].add(values), ...);
    ++rows_;
  }
  PgArray& column(size_t index) { return arrays_[index]; }
  void count_row() { ++rows_; }
  bool empty() const { return rows_ == 0; }
  Pg::Call call() const;

 private:
  const Statement& statement_;
  std::vector<PgArray> arrays_;
  int rows_ = 0;
};

class WriteSet {
 public:
  // shard: of message_daily, the writer's own.
  explicit WriteSet(int16_t shard);
  void add(const AcceptMessage& accept, const Entry& entry, const Decision& decision,
           const Known& known);
  void add(const AdvanceMessage& advance, const Entry& entry, const Decision& decision,
           const Known& known);
  void add(const StoreAnswer& store, const Entry& entry, const Decision& decision,
           const Known& known);
  void add(const AcceptCampaign& accept, const Entry& entry, const Decision& decision,
           const Known& known);
  void add(const ExpandCampaign& expand, const Entry& entry, const Decision& decision,
           const Known& known);
  void add(const SteerCampaign& steer, const Entry& entry, const Decision& decision,
           const Known& known);
  void add(const CreditWallet& credit, const Entry& entry, const Decision& decision,
           const Known& known);
  void add(const Notify&, const Entry&, const Decision&, const Known&) {}  // with the others, below
  void add(const std::vector<Notification>& notifications);
  void add(const RecordInbound& record, const Entry& entry, const Decision& decision,
           const Known& known);
  void add_wallets(const Known& known);
  void add_campaigns(const Known& known);
  void add_verify_counters(const Known& known);
  void add_claim(const Claim& claim);
  void delete_claims(const std::vector<Uuid>& tokens);
  void add_outbox(const Uuid& id, std::string events);
  void delete_outbox(const std::vector<Uuid>& ids);
  std::vector<DueHint> take_due_hints() { return std::move(due_hints_); }
  // All writes in their fixed order, then commit.
  std::vector<Pg::Call> calls() &&;

 private:
  // What a ledger entry is for.
  struct Purpose {
    std::optional<Uuid> message_id;
    std::optional<Uuid> batch_id;
    const std::string& description;
    const std::string& rate;
  };
  void add_ledger(int64_t account_id, Environment environment, const LedgerLine& line,
                  const Purpose& purpose);
  void add_row(const AcceptMessage& accept, MessageStatus status, const Known& known);
  void add_code(const AcceptMessage& accept);
  // `id`: of the message or campaign that the key made.
  void add_key(int64_t account_id, const IdempotencyKey& key, const Uuid& id,
               Micros balance_after_micros, const std::optional<StoredAnswer>& answer);
  void count(int64_t account_id, Environment environment, const Uuid& message_id,
             const std::optional<Uuid>& batch_id, MessageStatus status, int64_t change);
  void update(const AdvanceMessage& advance, const Decision& decision, const Known& known);
  void add_retry(const AcceptMessage& accept, const Entry& entry, const Known& known);
  void plan_receipt(const AdvanceMessage& advance, const PlannedReceipt& planned);
  void step_dispatch(const AdvanceMessage& advance);
  void count_ended(const AdvanceMessage& advance, const MessageState& message, MessageStatus status,
                   int64_t change);
  void add_daily();
  void add_ended();
  void add_batch_counts();
  void add_updates();
  // Notes a change of a message's status for the account's webhook, if the webhook wants it.
  void tell(const MessageKey& message, MessageStatus status,
            const std::optional<std::string>& error_code, const Known& known);
  void add_deliveries();
  void add_opt_outs();

  // What a batch changes in one message. An UPDATE … FROM changes each target row only once, so
  // several events of one message in one batch are joined here.
  struct MessageUpdate {
    MessageStatus status;
    bool accepted = false;
    bool refunded = false;
    std::optional<std::string> error_code, error_message, dlr_status, carrier_message_id, carrier;
    std::optional<MessageStatus> expected;
    int16_t retries = 0;
    int16_t auto_retries = 0;
    std::optional<Instant> scheduled_at;
    int16_t submits = 0;
    int16_t moves = 0;
  };
  struct Telling {
    MessageKey message;
    MessageStatus status;
    std::optional<std::string> error_code;
    int16_t move;  // of the message in this batch, from 1; 0 for its acceptance
  };

  // The last wish of a sender in the batch.
  struct OptOutChange {
    OptOutWish wish;
    Uuid inbound_id;
  };

  int16_t shard_;
  Columns messages_, dispatch_, ledger_, wallets_, updates_, events_, withdrawn_, moved_, daily_,
      route_hours_, batch_counts_, campaigns_, keys_, answers_, credits_, deliveries_,
      notifications_, inbound_, opt_outs_, opt_ins_, inbound_deliveries_, carrier_ids_;
  PgArray claimed_accounts_, claimed_messages_, claimed_carriers_;
  std::chrono::milliseconds lease_{0};
  std::map<int64_t, std::vector<PgArray>> receipts_;  // delay in ms -> columns
  // account, environment, day in days since 1970 -> changes by status
  std::map<std::tuple<int64_t, Environment, int64_t>, std::array<int64_t, 10>> counts_;
  struct Ended {
    int64_t delivered = 0;
    int64_t failed = 0;
  };
  // route, carrier, hour -> changes
  std::map<std::tuple<std::string, std::string, Instant>, Ended> ended_;
  // account, batch -> changes by status
  std::map<std::pair<int64_t, Uuid>, std::array<int64_t, 10>> batch_changes_;
  std::map<std::pair<Uuid, int64_t>, MessageUpdate> message_updates_;
  std::vector<Telling> tellings_;
  std::map<OptOutKey, OptOutChange> opt_out_changes_;
  std::vector<Pg::Call> others_;
  std::vector<DueHint> due_hints_;
};

}  // namespace dundun
