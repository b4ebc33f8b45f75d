#include "scheduler/dispatch_job.h"

#include <algorithm>
#include <thread>
#include <unordered_map>
#include <unordered_set>

#include "common/base/log.h"
#include "common/base/metrics.h"
#include "common/carrier/dispatch.h"
#include "sql/statements.h"

namespace dundun {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTickMax{50};
constexpr milliseconds kSweepEvery{2000};  // what Redis does not know of
constexpr milliseconds kSweepEveryWithoutRedis{100};
constexpr milliseconds kRecoverEvery{1000};
constexpr int kHintsPerShard = 200;
constexpr int64_t kSweepMax = 2000;
// Submits whose outcome is not yet recorded, at most: the journal's queue stays short.
constexpr int kOutstandingMax = 4000;
// An interrupted submit is asked again so often before it counts as unknown.
constexpr int kRecoveriesMax = 3;
constexpr int64_t kMicrosPerSecond = 1'000'000;

}  // namespace

milliseconds DispatchJob::run() {
  if (outstanding_.load() > kOutstandingMax) return milliseconds(5);
  const auto at = Clock::now();
  const int64_t now_ms = unix_micros(now()) / 1000;
  const DueIndex::Look look = due_index_.look(now_ms, kHintsPerShard);
  if (!look.due.empty()) claim_hinted(look);
  if (at >= next_sweep_) {
    sweep_due();
    next_sweep_ = at + (look.up ? kSweepEvery : kSweepEveryWithoutRedis);
  }
  if (at >= next_recovery_) {
    sweep_interrupted();
    next_recovery_ = at + kRecoverEvery;
  }
  if (look.due.size() >= kHintsPerShard) return milliseconds(0);
  if (!look.next_unix_ms) return kTickMax;
  return std::clamp(milliseconds(*look.next_unix_ms - unix_micros(now()) / 1000), milliseconds(1),
                    kTickMax);
}

std::vector<DispatchJob::Claimed> DispatchJob::claimed_of(const PgRows& rows) {
  static Histogram& lateness =
      histogram("dundun_dispatch_lateness_seconds", Histogram::Scale::kSeconds);
  std::vector<Claimed> claimed;
  for (int row = 0; row < rows.size(); ++row) {
    claimed.push_back({rows.i64(row, 0), rows.uuid(row, 1), rows.i16(row, 2)});
    lateness.observe(static_cast<double>(rows.i64(row, 3)) / kMicrosPerSecond);
  }
  return claimed;
}

// What PostgreSQL's clock does not call due yet stays in the set for the next look; what it does
// not give for longer (cancelled, or another scheduler's) is left to the sweep.
void DispatchJob::claim_hinted(const DueIndex::Look& look) {
  PgArray accounts(PgArray::Type::kInt8), messages(PgArray::Type::kUuid);
  for (const DueIndex::Hint& hint : look.due) {
    accounts.add(hint.account_id);
    messages.add(hint.message_id);
  }
  const Uuid token = new_uuid7();
  auto rows = pg_.run(sql::claim_named, {accounts.finish(), messages.finish(), token,
                                         static_cast<int64_t>(config_.submit_lease.count())});
  if (!rows) return;
  const std::vector<Claimed> claimed = claimed_of(*rows);
  submit(claimed, token);
  std::unordered_set<Uuid, UuidHash> taken;
  for (const Claimed& one : claimed) taken.insert(one.message_id);
  const int64_t stale_ms = unix_micros(now()) / 1000 - kSweepEvery.count();
  std::vector<DueIndex::Hint> done;
  for (const DueIndex::Hint& hint : look.due) {
    if (taken.contains(hint.message_id) || hint.due_unix_ms < stale_ms) done.push_back(hint);
  }
  due_index_.forget(done);
}

void DispatchJob::sweep_due() {
  const Uuid token = new_uuid7();
  auto rows = pg_.run(sql::claim_due,
                      {token, static_cast<int64_t>(config_.submit_lease.count()), kSweepMax});
  if (!rows) return;
  const std::vector<Claimed> claimed = claimed_of(*rows);
  std::vector<DueIndex::Hint> members;
  for (const Claimed& one : claimed) members.push_back({one.account_id, one.message_id, 0});
  submit(claimed, token);
  due_index_.forget(members);
  if (auto depth = pg_.run(sql::due_depth, {})) gauge("dundun_due_depth").set(depth->i64(0, 0));
}

// A lease that ended without a record: the process died, or the carrier never answered.
void DispatchJob::sweep_interrupted() {
  const Uuid token = new_uuid7();
  auto rows = pg_.run(sql::claim_interrupted,
                      {token, static_cast<int64_t>(config_.submit_lease.count()), kSweepMax});
  if (!rows || rows->size() == 0) return;
  std::vector<Claimed> claimed;
  for (int row = 0; row < rows->size(); ++row) {
    claimed.push_back({rows->i64(row, 0), rows->uuid(row, 1), rows->i16(row, 2)});
  }
  log(LogLevel::kWarning, "submits_interrupted", {{"count", static_cast<int64_t>(claimed.size())}});
  submit(claimed, token);
}

void DispatchJob::submit(const std::vector<Claimed>& claimed, const Uuid& token) {
  if (claimed.empty()) return;
  PgArray accounts(PgArray::Type::kInt8), messages(PgArray::Type::kUuid);
  std::unordered_map<Uuid, int, UuidHash> attempts;
  for (const Claimed& one : claimed) {
    accounts.add(one.account_id);
    messages.add(one.message_id);
    attempts[one.message_id] = one.attempt;
  }
  auto rows = pg_.run(sql::submissions_of, {accounts.finish(), messages.finish()});
  if (!rows) return;  // the leases end and the claims come back
  for (int row = 0; row < rows->size(); ++row) {
    Submission submission{};
    submission.account_id = rows->i64(row, 0);
    submission.message_id = rows->uuid(row, 1);
    submission.environment = Environment(rows->i16(row, 2));
    submission.token = token;
    submission.attempt = attempts[submission.message_id];
    submission.phone = rows->text(row, 3);
    submission.sender = rows->text(row, 4);
    submission.body = rows->text(row, 5);
    submission.encoding = Encoding(rows->i16(row, 6));
    submission.segments = rows->i16(row, 7);
    submit_one(std::move(submission));
  }
}

void DispatchJob::submit_one(Submission submission) {
  const auto record = [this](AdvanceMessage change) {
    outstanding_.fetch_add(1);
    journal_.submit(std::move(change),
                    [this](const Result<Receipt>&) { outstanding_.fetch_sub(1); });
  };
  const bool in_doubt = submission.attempt > 1 + kRecoveriesMax;
  if (in_doubt) return record(submit_unknown(submission));
  connector_.submit(submission, [submission, record](const SubmitOutcome& outcome) {
    if (auto change = record_outcome(submission, outcome, now())) record(*std::move(change));
  });
}

void DispatchJob::finish() {
  while (outstanding_.load() > 0) std::this_thread::sleep_for(milliseconds(5));
}

}  // namespace dundun
