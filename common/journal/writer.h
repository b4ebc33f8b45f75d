// One of the journal's two threads: takes the changes that wait, commits them, tells the callers.
#pragma once

#include <condition_variable>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "common/journal/batch.h"
#include "common/journal/journal.h"
#include "common/journal/publisher.h"

namespace dundun {

class Journal::Writer {
 public:
  Writer(const Options& options, Publisher& publisher);
  ~Writer();  // commits what waits

  void submit(Change change, Completion completion);
  void flush();  // waits until nothing waits

 private:
  enum class Attempt {
    kCommitted,
    kRolledBack,  // nothing was written; trying again may help
    kUnknown,     // the link broke: it may have been committed
    kBadChange,   // the server refused a statement
    kHeld,        // the database waits for an operator: nothing is tried again
  };

  void run();
  std::vector<Entry> take_batch(std::unique_lock<std::mutex>& lock);
  void commit(std::vector<Entry> entries, BatchMode mode);
  Attempt attempt(std::span<Entry> entries, BatchMode mode, std::vector<CommitResult>& results);
  void split(std::vector<Entry> entries, BatchMode mode);
  void refuse_all(std::vector<Entry> entries);
  void committed(const Batch& batch);
  void count_claims(const ClaimCounts& recorded);
  // Tells the callers whose deadline has passed. What is kept stays.
  std::vector<Entry> drop_late(std::vector<Entry> entries);
  void drop_late_in_queue();
  bool is_stopping();
  void tidy_outbox();

  Options options_;
  Pg pg_;
  Publisher& publisher_;
  Shards shards_;
  int commits_in_shard_ = 0;       // with shards_.days
  std::vector<Uuid> done_outbox_;  // published, not yet deleted
  ClaimCounts claims_;             // begun and not finished

  std::mutex mutex_;
  std::condition_variable wake_, idle_;
  std::vector<Entry> queue_;
  bool stopping_ = false;
  bool busy_ = false;
  std::thread thread_;
};

}  // namespace dundun
