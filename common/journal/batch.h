// The changes of one transaction: what to lock and read, the decisions, what to write.
#pragma once

#include <chrono>
#include <span>
#include <utility>
#include <vector>

#include "common/io/pg.h"
#include "common/journal/admission.h"
#include "common/journal/change.h"
#include "common/journal/claim.h"
#include "common/journal/due_hint.h"
#include "common/journal/journal.h"
#include "common/journal/news.h"
#include "common/journal/reads.h"
#include "common/journal/shards.h"

namespace dundun {

// A change that waits in the queue. Its event_id stays the same when the batch is tried again: by
// it, a commit of unknown outcome is found.
struct Entry {
  Change change;
  Uuid event_id;
  Journal::Completion completion;
  std::chrono::steady_clock::time_point deadline;    // then the caller is told that it is not
  std::chrono::steady_clock::time_point kept_until;  // then nobody tries any more
};

class Batch {
 public:
  Batch(std::span<Entry> entries, BatchMode mode, ReadScope scope)
      : entries_(entries), reads_(mode, scope) {}

  // First round trip: begin and the locking reads, always in the same order.
  std::vector<Pg::Call> reads();
  void absorb(const std::vector<PgRows>& rows) { reads_.absorb(rows, known_); }
  // Reads that only some batches need, once the first are known: empty if there are none.
  std::vector<Pg::Call> late_reads() { return reads_.late_calls(known_); }
  void absorb_late(const std::vector<PgRows>& rows) { reads_.absorb_late(rows, known_); }
  void decide_all();
  // How many ids the new notifications need; number_notifications() takes them.
  int64_t numbers_wanted() const { return static_cast<int64_t>(news_.notifications.size()); }
  void number_notifications(const PgRows& numbers) { dundun::number_notifications(numbers, news_); }
  // Second round trip: the writes and commit. `done_outbox`: outbox rows that are published, to be
  // deleted.
  std::vector<Pg::Call> writes(const Shards& shards, const ClaimCounts& counts,
                               const std::vector<Uuid>& done_outbox);

  // After the commit: what it tells the metrics of money and of receipts.
  void count() const;
  CommitResult result(size_t index) { return std::move(decisions_[index].result); }
  const Uuid& outbox_id() const { return outbox_id_; }
  const Publication& publication() const { return news_.publication; }
  const std::vector<DueHint>& due_hints() const { return due_hints_; }
  // How many messages of each claim this batch records; the caller adds them up after the commit.
  const ClaimCounts& recorded() const { return recorded_; }

 private:
  void make_claim();
  void tell_all();
  Admitted admitted(size_t index) const;
  std::vector<Uuid> finished_claims(const ClaimCounts& counts) const;

  std::span<Entry> entries_;
  Reads reads_;
  Known known_;
  std::vector<Decision> decisions_;
  Claim claim_;  // of the messages accepted for now
  News news_;
  Uuid outbox_id_;
  ClaimCounts recorded_;
  std::vector<DueHint> due_hints_;
};

}  // namespace dundun
