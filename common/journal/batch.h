// The changes of one transaction: what to lock and read, the decisions, what to write.
#pragma once

#include <chrono>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "common/io/pg.h"
#include "common/journal/admission.h"
#include "common/journal/change.h"
#include "common/journal/events.h"
#include "common/journal/journal.h"
#include "common/journal/notification.h"

namespace dundun {

// A change that waits in the queue. Its event_id stays the same when the batch is tried again: by
// it, a commit of unknown outcome is found.
struct Entry {
  Change change;
  Uuid event_id;
  Journal::Completion completion;
  std::chrono::steady_clock::time_point deadline;
};

// How many messages of a claim are recorded.
struct ClaimCount {
  int recorded = 0;
  int size = 0;
};
using ClaimCounts = std::map<Uuid, ClaimCount>;

// A due time to tell Redis after the commit.
struct DueHint {
  int64_t account_id;
  Uuid message_id;
  int64_t due_unix_ms;
};

class Batch {
 public:
  enum class Mode {
    kPlain,
    kCautious,  // read and lock every message: what a plain try assumed was wrong
    kResolve,   // cautious, and an earlier try may have committed: look for what it left
  };
  Batch(std::span<Entry> entries, Mode mode) : entries_(entries), mode_(mode) {}

  // First round trip: begin and the locking reads, always in the same order.
  std::vector<Pg::Call> reads();
  void absorb(const std::vector<PgRows>& rows);
  // Looks up recipients of accounts that have opt-outs. Most batches have none, so this is apart.
  std::vector<Pg::Call> opt_out_reads() const;
  void absorb_opt_outs(const PgRows& rows);
  void decide_all();
  // How many ids the new notifications need; number_notifications() takes them.
  int64_t numbers_wanted() const { return static_cast<int64_t>(notifications_.size()); }
  void number_notifications(const PgRows& numbers);
  // Second round trip: the writes and commit. `done_outbox`: outbox rows that are published, to be
  // deleted.
  std::vector<Pg::Call> writes(int16_t shard, const ClaimCounts& counts,
                               const std::vector<Uuid>& done_outbox);

  CommitResult result(size_t index) { return std::move(decisions_[index].result); }
  const Uuid& outbox_id() const { return outbox_id_; }
  const Publication& publication() const { return publication_; }
  const std::vector<DueHint>& due_hints() const { return due_hints_; }
  // How many messages of each claim this batch records; the caller adds them up after the commit.
  const ClaimCounts& recorded() const { return recorded_; }

 private:
  void absorb_wallets(const PgRows& rows);
  void absorb_messages(const PgRows& rows);
  void absorb_dispatch(const PgRows& rows);
  void absorb_charges(const PgRows& rows);
  void absorb_payments(const PgRows& rows);
  void absorb_answers(const PgRows& rows);
  void absorb_campaigns(const PgRows& rows);
  void absorb_notices(const PgRows& rows);
  void absorb_inbound(const PgRows& rows);
  void add_inbound_event(const Entry& entry);
  void make_notifications();
  void add_code_reads(std::vector<Pg::Call>& calls) const;
  void absorb_codes(const Statement* statement, const PgRows& rows);
  void make_events();
  MessageChange change_of(const AdvanceMessage& advance, const Uuid& event_id,
                          const Decision& decision) const;
  void add_campaign_event(const Entry& entry, const Decision& decision);
  void take_for_granted();
  void make_claim();
  std::vector<Uuid> finished_claims(const ClaimCounts& counts);

  std::span<Entry> entries_;
  Mode mode_;
  Known known_;
  std::vector<Decision> decisions_;
  std::vector<const Statement*> read_order_;
  Uuid outbox_id_;
  Claim claim_;  // of the messages accepted for now
  ClaimCounts recorded_;
  std::vector<Notification> notifications_;
  Publication publication_;
  std::vector<DueHint> due_hints_;
};

}  // namespace dundun
