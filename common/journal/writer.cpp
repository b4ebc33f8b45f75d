#include "common/journal/writer.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <random>
#include <utility>

#include "common/base/log.h"
#include "common/base/metrics.h"
#include "sql/journal.h"

namespace dundun {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// An idle journal deletes published outbox rows after this long, well before the scheduler
// takes them for left behind (2 s) and publishes them again.
constexpr milliseconds kTidyAfter{200};
constexpr milliseconds kRetryPause{50};
constexpr int kHeldRetryAfterS = 60;
constexpr int16_t kOwnShards = 16;
// While somebody holds a snapshot, all versions of a row stay and are passed at each change of it:
// after so many commits the days are counted in other rows. Upkeep adds them up.
constexpr int16_t kDayShards = std::numeric_limits<int16_t>::max();
constexpr int kCommitsInShardMax = 500;
// Claims that recovery has taken over never finish here; beyond this many, all are forgotten. What
// this leaves behind, recovery tidies up.
constexpr size_t kOpenClaimsMax = 10'000;

Pg::Options pg_options(const Journal::Options& options) {
  Pg::Options pg;
  pg.url = options.database_url;
  pg.statement_timeout = options.statement_timeout;
  pg.application = "dundun journal";
  pg.generic_plans = options.generic_plans;
  return pg;
}

int16_t any_of(int16_t count) {
  static thread_local std::random_device random;
  return static_cast<int16_t>(random() % static_cast<unsigned>(count));
}

bool is_kept(const Change& change) {
  return std::visit(
      []<class Kind>(const Kind& kind) {
        if constexpr (requires { ChangeKind<Kind>::is_kept(kind); }) {
          return ChangeKind<Kind>::is_kept(kind);
        }
        return false;
      },
      change);
}

// Once; who was told that it is late hears nothing more.
void tell(Entry& entry, Result<CommitResult> result) {
  if (entry.completion) std::exchange(entry.completion, nullptr)(std::move(result));
}

double seconds_since(steady_clock::time_point start) {
  return std::chrono::duration<double>(steady_clock::now() - start).count();
}

}  // namespace

Journal::Writer::Writer(const Options& options, Publisher& publisher)
    : options_(options),
      pg_(pg_options(options_)),
      publisher_(publisher),
      shards_{any_of(kOwnShards), any_of(kDayShards)},
      thread_([this] { run(); }) {}

Journal::Writer::~Writer() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Journal::Writer::submit(Change change, Completion completion) {
  const auto at = steady_clock::now(), deadline = at + options_.deadline;
  const auto kept_until = is_kept(change) ? std::max(deadline, at + options_.keep) : deadline;
  {
    std::lock_guard lock(mutex_);
    if (!stopping_ && queue_.size() < static_cast<size_t>(options_.queue_max)) {
      queue_.push_back(
          {std::move(change), new_uuid7(), std::move(completion), deadline, kept_until});
      completion = nullptr;
      // Under the lock: once the change is committed, who waited for it may end the journal.
      wake_.notify_one();
    }
  }
  if (completion) completion(unavailable("journal queue full"));
}

void Journal::Writer::flush() {
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [this] { return queue_.empty() && !busy_; });
}

std::vector<Entry> Journal::Writer::take_batch(std::unique_lock<std::mutex>&) {
  std::vector<Entry> entries;
  entries.reserve(queue_.size());  // for as many that come meanwhile
  entries.swap(queue_);
  const size_t most = static_cast<size_t>(options_.batch_max);
  if (entries.size() > most) {
    const auto rest = entries.begin() + static_cast<long>(most);
    queue_.assign(std::make_move_iterator(rest), std::make_move_iterator(entries.end()));
    entries.erase(rest, entries.end());
  }
  return entries;
}

void Journal::Writer::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    const bool woken =
        wake_.wait_for(lock, kTidyAfter, [this] { return stopping_ || !queue_.empty(); });
    busy_ = true;
    if (!woken || (stopping_ && queue_.empty())) {
      lock.unlock();
      if (stopping_) publisher_.flush();
      tidy_outbox();
      lock.lock();
    } else {
      std::vector<Entry> entries = take_batch(lock);
      lock.unlock();
      commit(std::move(entries), BatchMode::kPlain);
      lock.lock();
    }
    busy_ = false;
    if (queue_.empty()) idle_.notify_all();
    if (stopping_ && queue_.empty()) return;
  }
}

void Journal::Writer::tidy_outbox() {
  for (const Uuid& id : publisher_.take_published()) done_outbox_.push_back(id);
  if (done_outbox_.empty()) return;
  PgArray ids(PgArray::Type::kUuid);
  for (const Uuid& id : done_outbox_) ids.add(id);
  if (pg_.run(sql::journal_delete_outbox, {ids.finish()})) done_outbox_.clear();
}

std::vector<Entry> Journal::Writer::drop_late(std::vector<Entry> entries) {
  const auto at = steady_clock::now();
  const bool stopping = is_stopping();  // then nothing is waited for beyond its deadline
  std::vector<Entry> left;
  for (Entry& entry : entries) {
    if (entry.deadline <= at && entry.completion) {
      counter("dundun_journal_late_total").add();
      tell(entry, unavailable("journal deadline"));
    }
    if ((stopping ? entry.deadline : entry.kept_until) > at) left.push_back(std::move(entry));
  }
  return left;
}

// While a batch is tried again and again, the callers behind it wait for no longer than its own.
void Journal::Writer::drop_late_in_queue() {
  std::vector<Entry> waiting;
  {
    std::lock_guard lock(mutex_);
    waiting.assign(std::make_move_iterator(queue_.begin()), std::make_move_iterator(queue_.end()));
    queue_.clear();
  }
  waiting = drop_late(std::move(waiting));
  std::lock_guard lock(mutex_);
  queue_.insert(queue_.begin(), std::make_move_iterator(waiting.begin()),
                std::make_move_iterator(waiting.end()));
}

bool Journal::Writer::is_stopping() {
  std::lock_guard lock(mutex_);
  return stopping_;
}

void Journal::Writer::commit(std::vector<Entry> entries, BatchMode mode) {
  static Histogram& size = histogram("dundun_journal_batch_changes", Histogram::Scale::kCount);
  static Histogram& time = histogram("dundun_journal_commit_seconds", Histogram::Scale::kSeconds);
  while (!entries.empty()) {
    const auto start = steady_clock::now();
    std::vector<CommitResult> results;
    const Attempt outcome = attempt(entries, mode, results);
    if (outcome == Attempt::kCommitted) {
      size.observe(static_cast<double>(entries.size()));
      time.observe(seconds_since(start));
      for (size_t i = 0; i < entries.size(); ++i) {
        tell(entries[i], std::move(results[i]));
      }
      return;
    }
    counter("dundun_journal_failed_batches_total").add();
    if (outcome == Attempt::kHeld) return refuse_all(std::move(entries));
    const bool was_plain = mode == BatchMode::kPlain;
    if (was_plain) mode = BatchMode::kCautious;
    if (outcome == Attempt::kUnknown) mode = BatchMode::kResolve;
    if (outcome == Attempt::kBadChange && !was_plain) return split(std::move(entries), mode);
    entries = drop_late(std::move(entries));
    drop_late_in_queue();
    if (!entries.empty() && outcome != Attempt::kBadChange) {
      std::this_thread::sleep_for(kRetryPause);
    }
  }
}

// What a restored database would accept twice, it accepts not at all (deploy/restoring.md).
void Journal::Writer::refuse_all(std::vector<Entry> entries) {
  for (Entry& entry : entries) {
    Error error = unavailable("the database was restored: dundunctl resume");
    error.retry_after_s = kHeldRetryAfterS;
    tell(entry, std::move(error));
  }
}

// The server refused something in the batch: alone, every change meets its own fate.
void Journal::Writer::split(std::vector<Entry> entries, BatchMode mode) {
  if (entries.size() == 1) {
    log(LogLevel::kError, "journal_change_refused");
    tell(entries.front(),
         fail(ErrorCode::kInternal, "Internal server error", "change refused by the database"));
    return;
  }
  for (Entry& entry : entries) {
    std::vector<Entry> single;
    single.push_back(std::move(entry));
    commit(std::move(single), mode);
  }
}

void Journal::Writer::count_claims(const ClaimCounts& recorded) {
  for (const auto& [token, count] : recorded) {
    ClaimCount& total = claims_[token];
    total.recorded += count.recorded;
    if (total.recorded >= count.size) claims_.erase(token);
  }
  if (claims_.size() > kOpenClaimsMax) claims_.clear();
}

void Journal::Writer::committed(const Batch& batch) {
  done_outbox_.clear();
  if (++commits_in_shard_ >= kCommitsInShardMax) {
    commits_in_shard_ = 0;
    shards_.days = any_of(kDayShards);
  }
  count_claims(batch.recorded());
  batch.count();
  if (!batch.publication().empty() || !batch.due_hints().empty()) {
    publisher_.publish({batch.outbox_id(), batch.publication(), batch.due_hints()});
  }
}

Journal::Writer::Attempt Journal::Writer::attempt(std::span<Entry> entries, BatchMode mode,
                                                  std::vector<CommitResult>& results) {
  auto failed = [this](bool wrote, const Error& error) {
    const PgFailure failure = pg_.last_failure();
    log(LogLevel::kWarning, "journal_batch_failed", {{"detail", std::string_view(error.detail)}});
    pg_.rollback();
    if (failure == PgFailure::kHeld) return Attempt::kHeld;
    if (failure == PgFailure::kLink) return wrote ? Attempt::kUnknown : Attempt::kRolledBack;
    return error.code == ErrorCode::kUnavailable ? Attempt::kRolledBack : Attempt::kBadChange;
  };
  Batch batch(entries, mode, options_.reads);
  auto known = pg_.run_pipeline(batch.reads());
  if (!known) return failed(false, known.error());
  batch.absorb(*known);
  if (const std::vector<Pg::Call> more = batch.late_reads(); !more.empty()) {
    auto late = pg_.run_pipeline(more);
    if (!late) return failed(false, late.error());
    batch.absorb_late(*late);
  }
  batch.decide_all();
  if (const int64_t wanted = batch.numbers_wanted(); wanted > 0) {
    auto numbers = pg_.run_pipeline(
        std::vector<Pg::Call>{{&sql::journal_number_notifications, {PgParam(wanted)}}});
    if (!numbers) return failed(false, numbers.error());
    batch.number_notifications(numbers->front());
  }

  for (const Uuid& id : publisher_.take_published()) done_outbox_.push_back(id);
  const std::vector<Pg::Call> writes = batch.writes(shards_, claims_, done_outbox_);
  auto written = pg_.run_pipeline(writes);
  if (!written) return failed(true, written.error());

  committed(batch);
  results.reserve(entries.size());
  for (size_t i = 0; i < entries.size(); ++i) results.push_back(batch.result(i));
  return Attempt::kCommitted;
}

}  // namespace dundun
