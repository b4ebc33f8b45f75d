#include "common/journal/journal.h"

#include <condition_variable>
#include <mutex>

#include "common/base/config.h"
#include "common/journal/writer.h"

namespace dundun {

Journal::Options Journal::options(const Config& config) {
  Options options;
  options.database_url = config.database_url;
  options.generic_plans = !config.custom_plans;
  options.redis_url = config.redis_url;
  options.batch_max = config.journal_batch_max;
  options.queue_max = config.journal_queue_max;
  options.writers = config.journal_writers;
  if (config.journal_reads_by_account) options.reads = ReadScope::kAccount;
  options.deadline = config.journal_deadline;
  options.keep = config.submit_lease;
  options.statement_timeout = config.statement_timeout;
  options.redis_timeout = config.redis_timeout;
  options.streams = {config.stream_entries_max, config.stream_kept_for};
  return options;
}

Journal::Journal(Options options)
    : publisher_(std::make_unique<Publisher>(
          Redis::Options{.url = options.redis_url, .timeout = options.redis_timeout},
          options.streams)),
      entering_(std::make_unique<Writer>(options, *publisher_)),
      moving_(options.writers > 1 ? std::make_unique<Writer>(options, *publisher_) : nullptr) {}
Journal::~Journal() = default;

Journal::Writer& Journal::writer_for(const Change& change) {
  if (!moving_) return *entering_;
  const Lane lane =
      std::visit([]<class Kind>(const Kind&) { return ChangeKind<Kind>::kLane; }, change);
  return lane == Lane::kEntering ? *entering_ : *moving_;
}

void Journal::submit(Change change, Completion completion) {
  std::visit(
      []<class Kind>(Kind& kind) {
        if constexpr (requires { ChangeKind<Kind>::prepare(kind); }) {
          ChangeKind<Kind>::prepare(kind);
        }
      },
      change);
  Writer& writer = writer_for(change);
  writer.submit(std::move(change), std::move(completion));
}

std::vector<Result<CommitResult>> Journal::commit_all(std::vector<Change> changes) {
  struct Gathering {
    std::mutex mutex;
    std::condition_variable complete;
    std::vector<Result<CommitResult>> results;
    size_t left;
  };
  auto all = std::make_shared<Gathering>();
  all->results.assign(changes.size(), CommitResult{});
  all->left = changes.size();
  for (size_t i = 0; i < changes.size(); ++i) {
    submit(std::move(changes[i]), [all, i](Result<CommitResult> result) {
      std::lock_guard lock(all->mutex);
      all->results[i] = std::move(result);
      if (--all->left == 0) all->complete.notify_one();
    });
  }
  std::unique_lock lock(all->mutex);
  all->complete.wait(lock, [&] { return all->left == 0; });
  return std::move(all->results);
}

Journal::Commit Journal::commit(Change change, Executor& executor) {
  return Commit(*this, std::move(change), executor);
}

void Journal::Commit::await_suspend(std::coroutine_handle<> caller) {
  journal_.submit(std::move(change_), [this, caller](Result<CommitResult> result) {
    result_ = std::move(result);
    executor_.post([caller] { caller.resume(); });
  });
}

void Journal::flush() {
  entering_->flush();
  if (moving_) moving_->flush();
  publisher_->flush();
}

}  // namespace dundun
