#include "scheduler/dispatch_job.h"

#include <algorithm>
#include <map>
#include <thread>
#include <unordered_set>

#include "common/base/log.h"
#include "common/base/metrics.h"
#include "common/carrier/dispatch.h"
#include "sql/dispatch.h"
#include "sql/journal.h"

namespace dundun {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTickMax{50};
constexpr milliseconds kSweepEvery{2000};  // what Redis does not know of
constexpr milliseconds kSweepEveryWithoutRedis{100};
constexpr milliseconds kRecoverEvery{1000};
constexpr int kHintsPerShard = 200;
constexpr int64_t kSweepMax = 2000;
constexpr int64_t kInterruptedMax = 10;  // claims
constexpr int64_t kInterruptedMessages = 500;
// Submits whose outcome is not yet recorded, at most: the journal's queue stays short.
constexpr int kOutstandingMax = 4000;
// How many recoveries in a row may make no progress with a claim before a carrier that answers
// nothing once more is believed to be silent: its submits in doubt are then SUBMIT_UNKNOWN.
constexpr int kStalledMax = 3;
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
  if (at >= next_recovery_ || (recovered_ && recovering_.load() == 0)) {
    recovered_ = sweep_interrupted();
    next_recovery_ = at + kRecoverEvery;
  }
  if (look.due.size() >= kHintsPerShard) return milliseconds(0);
  if (!look.next_unix_ms) return kTickMax;
  return std::clamp(milliseconds(*look.next_unix_ms - unix_micros(now()) / 1000), milliseconds(1),
                    kTickMax);
}

std::vector<DueIndex::Hint> DispatchJob::members_of(const PgRows& rows) {
  constexpr auto& col = sql::claim_due;
  static_assert(begins_with_columns(sql::claim_named, col));
  static Histogram& lateness =
      histogram("dundun_dispatch_lateness_seconds", Histogram::Scale::kSeconds);
  std::vector<DueIndex::Hint> members;
  for (int row = 0; row < rows.size(); ++row) {
    members.push_back({rows.i64(row, col.account_id), rows.uuid(row, col.message_id), 0});
    lateness.observe(static_cast<double>(rows.i64(row, col.late_us)) / kMicrosPerSecond);
  }
  return members;
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
  auto rows = pg_.run(sql::claim_named, {token, static_cast<int64_t>(config_.submit_lease.count()),
                                         accounts.finish(), messages.finish()});
  if (!rows) return;
  const std::vector<DueIndex::Hint> claimed = members_of(*rows);
  if (!claimed.empty()) submit({token});
  std::unordered_set<Uuid, UuidHash> taken;
  for (const DueIndex::Hint& one : claimed) taken.insert(one.message_id);
  const int64_t stale_ms = unix_micros(now()) / 1000 - kSweepEvery.count();
  std::vector<DueIndex::Hint> done;
  for (const DueIndex::Hint& hint : look.due) {
    if (taken.contains(hint.message_id) || hint.due_unix_ms < stale_ms) done.push_back(hint);
  }
  due_index_.forget(done);
}

void DispatchJob::sweep_due() {
  (void)pg_.run(sql::release_held, {});
  const Uuid token = new_uuid7();
  const int64_t back = sweep_back_.begin().count();
  auto rows = pg_.run(sql::claim_due,
                      {token, static_cast<int64_t>(config_.submit_lease.count()), kSweepMax, back});
  if (!rows) return;
  if (rows->size() < kSweepMax) sweep_back_.found_all();
  const std::vector<DueIndex::Hint> members = members_of(*rows);
  if (!members.empty()) submit({token});
  due_index_.forget(members);
  if (auto depth = pg_.run(sql::due_depth, {back})) gauge("dundun_due_depth").set(depth->i64(0, 0));
}

// A lease that ended without a record: the process died, or the carrier never answered.
bool DispatchJob::sweep_interrupted() {
  auto rows = pg_.run(sql::claim_interrupted,
                      {static_cast<int64_t>(config_.submit_lease.count()), kInterruptedMax,
                       kInterruptedMessages, recovery_back_.begin().count()});
  if (!rows) return false;
  if (rows->size() == 0) {
    recovery_back_.found_all();
    return false;
  }
  std::vector<Uuid> tokens;
  for (int row = 0; row < rows->size(); ++row)
    tokens.push_back(rows->uuid(row, sql::claim_interrupted.token));
  log(LogLevel::kWarning, "claims_interrupted", {{"count", static_cast<int64_t>(tokens.size())}});
  submit(tokens);
  return true;
}

void DispatchJob::submit(const std::vector<Uuid>& tokens) {
  PgArray claims(PgArray::Type::kUuid);
  for (const Uuid& token : tokens) claims.add(token);
  auto rows = pg_.run(sql::submissions_of, {claims.finish()});
  if (!rows) return;
  std::map<Uuid, int> open;
  for (int row = 0; row < rows->size(); ++row) ++open[rows->uuid(row, sql::submissions_of.token)];
  std::vector<Claimed> claimed = read_claimed(*rows, open);
  const std::set<Uuid> lost = choose_carriers(claimed);
  for (const Claimed& one : claimed) {
    if (!lost.contains(one.submission.claim.token)) submit_one(one);
  }
  drop_empty(tokens, open);
}

Departure DispatchJob::departure_of(const PgRows& rows, int row) {
  constexpr auto& col = sql::submissions_of;
  Departure departure;
  departure.too_late = rows.boolean(row, col.is_too_late);
  departure.window_opens = rows.maybe_instant(row, col.window_opens_at);
  departure.opted_out = rows.boolean(row, col.is_opted_out);
  departure.account = AccountStatus(rows.i16(row, col.account_status));
  departure.route_active = rows.boolean(row, col.is_active);
  departure.sender_approved = rows.boolean(row, col.sender_stands);
  return departure;
}

std::vector<DispatchJob::Claimed> DispatchJob::read_claimed(const PgRows& rows,
                                                            const std::map<Uuid, int>& open) {
  constexpr auto& col = sql::submissions_of;
  std::vector<Claimed> claimed;
  for (int row = 0; row < rows.size(); ++row) {
    Submission submission{};
    // Only what is still open will be recorded, and ends the claim.
    submission.claim = {rows.uuid(row, col.token), open.at(rows.uuid(row, col.token))};
    submission.attempt = static_cast<int>(rows.i64(row, col.attempt));
    submission.account_id = rows.i64(row, col.account_id);
    submission.message_id = rows.uuid(row, col.message_id);
    submission.environment = Environment(rows.i16(row, col.environment));
    submission.claimed_as = MessageStatus(rows.i16(row, col.status));
    submission.phone = rows.text(row, col.phone);
    submission.sender = rows.text(row, col.sender);
    submission.body = rows.text(row, col.body);
    submission.encoding = Encoding(rows.i16(row, col.encoding));
    submission.segments = rows.i16(row, col.segments);
    submission.auto_retries = rows.i16(row, col.auto_retries);
    if (!rows.is_null(row, col.batch_id)) submission.campaign_id = rows.uuid(row, col.batch_id);
    if (!rows.is_null(row, col.app_id)) submission.app_id = rows.text(row, col.app_id);
    if (!rows.is_null(row, col.trace_id)) submission.trace_id = rows.uuid(row, col.trace_id);
    submission.route = rows.text(row, col.route);
    submission.not_after = rows.maybe_instant(row, col.not_after);
    submission.held = !rows.is_null(row, col.rerouted_from);
    if (submission.held) {
      submission.carrier = rows.text(row, col.rerouted_from);
      submission.first_asked =
          std::max(created_at(submission.message_id),
                   rows.maybe_instant(row, col.scheduled_at).value_or(Instant()));
    }
    claimed.push_back(
        {std::move(submission),
         {rows.i16(row, col.stalled), std::chrono::seconds(rows.i64(row, col.claimed_ago_s)),
          rows.boolean(row, col.is_recovered)},
         departure_of(rows, row),
         static_cast<size_t>(rows.i64(row, col.place) - 1),
         static_cast<size_t>(rows.i64(row, col.claim_size))});
  }
  return claimed;
}

// No carrier is asked before this is committed. Claims without a new choice keep the carriers that
// are already recorded.
std::set<Uuid> DispatchJob::choose_carriers(std::vector<Claimed>& claimed) {
  struct Choice {
    std::vector<std::optional<std::string>> carriers;
    bool is_new = false;
  };
  std::map<Uuid, Choice> choices;
  for (Claimed& one : claimed) {
    Submission& submission = one.submission;
    Choice& choice = choices[submission.claim.token];
    choice.carriers.resize(one.claim_size);
    if (!submission.held) submission.carrier = router_.first_carrier(submission);
    if (submission.carrier.empty()) continue;
    choice.carriers[one.place] = submission.carrier;
    choice.is_new |= !submission.held;
  }
  std::set<Uuid> lost;
  for (const auto& [token, choice] : choices) {
    if (!choice.is_new) continue;
    PgArray carriers(PgArray::Type::kText);
    for (const std::optional<std::string>& carrier : choice.carriers) {
      carriers.add(carrier ? std::optional<std::string_view>(*carrier) : std::nullopt);
    }
    auto ours = pg_.run(sql::claim_choose, {token, carriers.finish()});
    if (!ours || ours->size() == 0) lost.insert(token);
  }
  return lost;
}

// Claims whose messages had all moved on: the owner died between their records and the deletion.
void DispatchJob::drop_empty(const std::vector<Uuid>& tokens, const std::map<Uuid, int>& open) {
  PgArray empty(PgArray::Type::kUuid);
  for (const Uuid& token : tokens) {
    if (!open.contains(token)) empty.add(token);
  }
  if (empty.size() > 0) (void)pg_.run(sql::journal_delete_claims, {empty.finish()});
}

void DispatchJob::submit_one(const Claimed& claimed) {
  const Submission& submission = claimed.submission;
  const Timing& timing = claimed.timing;
  const auto begin = [this, recovered = timing.recovered] {
    outstanding_.fetch_add(1);
    if (recovered) recovering_.fetch_add(1);
  };
  const auto end = [this, recovered = timing.recovered] {
    if (recovered) recovering_.fetch_sub(1);
    outstanding_.fetch_sub(1);
  };
  const auto record = [this, begin, end](AdvanceMessage change) {
    begin();
    journal_.submit(std::move(change), [end](const Result<CommitResult>&) { end(); });
  };
  if (submission.held && !router_.deduplicates(submission)) {
    // It may have left, and must not leave again: a receipt may still tell.
    if (timing.claimed_for >= config_.submit_doubt) record(submit_unknown(submission));
    return;
  }
  if (auto change = kept_back(submission, claimed.departure)) return record(*std::move(change));
  const RetryDelays delays = config_.auto_retry_delays;
  // That nothing moved may be our own slowness: the carrier's answers came, and were recorded too
  // late. Only its silence to this very submit makes the message unknown.
  const bool last = submission.held && timing.stalled > kStalledMax;
  begin();
  router_.submit(submission, [submission, record, end, delays, last](const SubmitOutcome& outcome) {
    auto change = record_outcome(submission, outcome, now(), delays);
    if (!change && last) change = submit_unknown(submission);
    if (change) record(*std::move(change));
    end();
  });
}

void DispatchJob::finish() {
  while (outstanding_.load() > 0) std::this_thread::sleep_for(milliseconds(5));
}

}  // namespace dundun
