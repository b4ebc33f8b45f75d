// The one write path: the changes of many callers in one transaction (docs/send.md).
//
// There are one or two writers, each a thread with its own connection. With two, one takes what
// enters and is charged or credited, the other takes what happens to it later. So neither waits for
// the other's flush, for the price of a second transaction: that pays where PostgreSQL has a core
// to spare (tests/bench/README.md).
//
// A writer takes all changes that wait, at most batch_max, and runs them as one transaction in two
// round trips. The first locks and reads: wallets by account and environment, then messages by id.
// Then the writer decides in memory (admission.h). The second round trip writes and commits.
// Opt-outs and new notifications cost one round trip more each, only when there are any.
//
// A batch forms by itself while the previous commit is in flight; there is no timer. Events go to
// the outbox in the same transaction and are published after it. The outbox row is deleted by a
// later batch, or when the writer is idle.
#pragma once

#include <chrono>
#include <coroutine>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/executor.h"
#include "common/base/result.h"
#include "common/journal/change.h"
#include "common/journal/read_scope.h"
#include "common/journal/stream_limits.h"

namespace dundun {

class Publisher;
struct Config;

class Journal {
 public:
  struct Options {
    std::string database_url;
    std::string redis_url;
    int batch_max = 512;
    int queue_max = 8192;  // of each writer
    int writers = 1;       // 1 or 2
    ReadScope reads = ReadScope::kBatch;
    // A change that is not committed by then gets kUnavailable. It may still have been committed:
    // its id or idempotency key tells.
    std::chrono::milliseconds deadline{4000};
    // What a carrier answered is tried on for so long, while the message is still this process's.
    std::chrono::milliseconds keep{30'000};
    std::chrono::milliseconds statement_timeout{3000};
    bool generic_plans = true;
    std::chrono::milliseconds redis_timeout{200};
    StreamLimits streams{};
  };
  using Completion = std::function<void(Result<CommitResult>)>;

  static Options options(const Config& config);  // as the settings say
  explicit Journal(Options options);
  ~Journal();  // flushes what was submitted

  // Calls `completion` on the writer's thread once the change is committed or refused. `completion`
  // must be quick.
  void submit(Change change, Completion completion);

  // For the scheduler and tools. Waits for all changes; the results are in their order.
  std::vector<Result<CommitResult>> commit_all(std::vector<Change> changes);

  // co_await journal.commit(change, executor): resumes on the executor.
  class Commit;
  Commit commit(Change change, Executor& executor);

  // Waits until all submitted changes are committed or refused, and published as far as possible.
  void flush();

 private:
  class Writer;
  Writer& writer_for(const Change& change);
  std::unique_ptr<Publisher> publisher_;  // one for both: events go out in the order of commits
  std::unique_ptr<Writer> entering_;
  std::unique_ptr<Writer> moving_;  // or null: the other does its work
};

class Journal::Commit {
 public:
  Commit(Journal& journal, Change change, Executor& executor)
      : journal_(journal), executor_(executor), change_(std::move(change)) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> caller);
  Result<CommitResult> await_resume() { return std::move(*result_); }

 private:
  Journal& journal_;
  Executor& executor_;
  Change change_;
  std::optional<Result<CommitResult>> result_;
};

}  // namespace dundun
