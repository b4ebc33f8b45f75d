#include "scheduler/webhook_job.h"

#include <algorithm>

#include "common/base/log.h"
#include "common/base/metrics.h"
#include "common/io/crypto.h"
#include "common/webhooks/endpoints.h"
#include "sql/webhook_job.h"

namespace dundun {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTakeEvery{10};  // a fresh delivery waits half of it
// Looking for lanes takes a look-up a lane: with very many it may cost this share of the time.
constexpr int kTakeShare = 4;
// How far the floor stays behind what waits longest: a commit may be late. What comes later still
// is found by a look at all.
constexpr std::chrono::seconds kFloorMargin{10};
constexpr milliseconds kFloorEvery{1000};
constexpr milliseconds kWholeLookEvery{60'000};
constexpr int kWholeLookShare = 20;
constexpr milliseconds kFetchEvery{20};  // of a lane in which nothing more was due
constexpr int kBacklog = 32;             // deliveries of a lane read ahead
constexpr int64_t kDrainRound = 1000;
constexpr std::chrono::seconds kAppTimeout{5};  // what Gravity apps are promised
constexpr std::chrono::seconds kFinishMargin{5};

void count_attempt(const Verdict& verdict, const OutboundReply& reply) {
  static Counter& delivered = counter("dundun_webhook_attempts_total", "outcome=\"delivered\"");
  static Counter& failed = counter("dundun_webhook_attempts_total", "outcome=\"failed\"");
  static Counter& dead = counter("dundun_webhook_attempts_total", "outcome=\"dead\"");
  static Histogram& time = histogram("dundun_webhook_attempt_seconds", Histogram::Scale::kSeconds);
  if (verdict.state == DeliveryState::kDelivered) delivered.add();
  if (verdict.state == DeliveryState::kPending) failed.add();
  if (verdict.state == DeliveryState::kDead) dead.add();
  time.observe(static_cast<double>(reply.took.count()) / 1000);
}

}  // namespace

WebhookJob::WebhookJob(const Config& config, const OutboundRules& rules, Pg& pg,
                       Resolver::Lookup lookup)
    : config_(config),
      rules_(rules),
      pg_(pg),
      http_(rules, config.webhooks.in_flight_max),
      resolver_(std::move(lookup), [this] { http_.wake(); }),
      token_(new_uuid7()) {}

void WebhookJob::run(milliseconds patience) {
  if (!stopping_) {
    raise_floor();
    if (Clock::now() >= next_take_) take_lanes();
    fetch();
    drain_closed();
    start_calls();
  }
  // No longer than until the next look for work, so that slow answers hold up no other endpoint.
  const auto until_take = std::chrono::ceil<milliseconds>(next_take_ - Clock::now());
  const auto wait = stopping_ ? patience : std::clamp(until_take, milliseconds{0}, patience);
  for (HttpMulti::Finished& finished : http_.poll(wait)) {
    auto call = in_flight_.extract(finished.tag);
    if (auto lane = lanes_.find(call.mapped().lane); lane != lanes_.end()) {
      lane->second.in_flight -= 1;
      settle(call.mapped().lane, call.mapped().delivery, std::move(finished.reply));
    }
  }
  // The sockets are busy while the record is made.
  if (!stopping_) start_calls();
  record();
  gauge("dundun_webhook_in_flight").set(http_.in_flight());
  gauge("dundun_webhook_lanes").set(static_cast<int64_t>(lanes_.size()));
}

void WebhookJob::finish() {
  stopping_ = true;
  for (auto& [key, lane] : lanes_) put_back(lane);
  const auto end = Clock::now() + config_.webhooks.timeout + kFinishMargin;
  while (!lanes_.empty() && Clock::now() < end) run(kTakeEvery);
}

int WebhookJob::per_lane_max() const {
  const int lanes = std::max(1, static_cast<int>(lanes_.size()));
  return std::clamp(config_.webhooks.in_flight_max / lanes, 1, config_.webhooks.per_endpoint_max);
}

void WebhookJob::raise_floor() {
  const auto start = Clock::now();
  if (start < next_floor_) return;
  const bool whole = start >= next_whole_look_;
  const auto rows = pg_.run(sql::webhook_oldest, {whole ? Instant{} : floor_});
  const Clock::duration took = Clock::now() - start;
  next_floor_ = start + std::max<Clock::duration>(kFloorEvery, kTakeShare * took);
  if (!rows) return;
  floor_ = rows->instant(0, sql::webhook_oldest.oldest) - kFloorMargin;
  if (whole) {
    next_whole_look_ = start + std::max<Clock::duration>(kWholeLookEvery, kWholeLookShare * took);
  }
}

void WebhookJob::take_lanes() {
  constexpr auto& col = sql::webhook_take_lanes;
  const auto start = Clock::now();
  const int64_t room = config_.webhooks.in_flight_max - static_cast<int64_t>(lanes_.size());
  const int64_t lease_ms = config_.webhooks.lease.count();
  if (room > 0) {
    if (auto rows = pg_.run(sql::webhook_take_lanes, {token_, lease_ms, room, floor_})) {
      for (int row = 0; row < rows->size(); ++row) {
        Lane& lane = lanes_[{rows->i64(row, col.account_id), rows->uuid(row, col.endpoint_id)}];
        lane.failures = rows->i32(row, col.failures);
        lane.lease_end = start + config_.webhooks.lease;
      }
    }
  }
  next_take_ = start + std::max<Clock::duration>(kTakeEvery, kTakeShare * (Clock::now() - start));
}

// What is due in the lanes that have run dry.
void WebhookJob::fetch() {
  const auto at = Clock::now();
  const int most = per_lane_max();
  PgArray accounts(PgArray::Type::kInt8), endpoints(PgArray::Type::kUuid);
  PgArray counts(PgArray::Type::kInt4);
  std::vector<Lane*> asked;
  for (auto& [key, lane] : lanes_) {
    if (lane.closed || !lane.backlog.empty() || lane.in_flight >= most || lane.hold.count() > 0 ||
        at < lane.next_fetch) {
      continue;
    }
    accounts.add(key.first);
    endpoints.add(key.second);
    counts.add(static_cast<int32_t>(lane.in_hand.size()) + kBacklog);
    asked.push_back(&lane);
  }
  if (asked.empty()) return;
  auto rows = pg_.run(sql::webhook_fetch,
                      {token_, accounts.finish(), endpoints.finish(), counts.finish(), floor_});
  if (!rows) return;
  for (int row = 0; row < rows->size(); ++row) add(*rows, row);
  for (Lane* lane : asked) {
    lane->exhausted = lane->backlog.empty() && !lane->closed;
    if (lane->exhausted) lane->next_fetch = at + kFetchEvery;
  }
}

void WebhookJob::add(const PgRows& rows, int row) {
  constexpr auto& col = sql::webhook_fetch;
  auto found = lanes_.find({rows.i64(row, col.account_id), rows.uuid(row, col.endpoint_id)});
  if (found == lanes_.end()) return;
  Lane& lane = found->second;
  if (!rows.boolean(row, col.is_on)) {
    lane.closed = true;
    return;
  }
  Delivery delivery;
  delivery.delivery_id = rows.uuid(row, col.delivery_id);
  if (!lane.in_hand.insert(delivery.delivery_id).second) return;
  delivery.failures = rows.i16(row, col.attempt);
  delivery.body = rows.text(row, col.body);
  if (!rows.is_null(row, col.trace_id)) delivery.trace_id = rows.uuid(row, col.trace_id);
  delivery.is_app = rows.i16(row, col.kind) == static_cast<int16_t>(EndpointKind::kApp);
  delivery.url = rows.text(row, col.url);
  delivery.sealed = rows.text(row, col.secret);
  delivery.sealed_old = rows.text_array(row, col.older_secrets);
  lane.backlog.push_back(std::move(delivery));
}

// An endpoint that was switched off: what waits for it is given up, a piece a round.
void WebhookJob::drain_closed() {
  for (auto& [key, lane] : lanes_) {
    if (!lane.closed || !lane.in_hand.empty()) continue;
    auto rows = pg_.run(sql::webhook_drain, {token_, key.first, key.second, kDrainRound});
    if (rows && rows->affected() == 0) lane.exhausted = true;
  }
}

void WebhookJob::start_calls() {
  const auto at = Clock::now();
  const int most = per_lane_max();
  for (auto& [key, lane] : lanes_) {
    if (lane.lease_end <= at) continue;
    while (!lane.backlog.empty() && lane.in_flight < most &&
           http_.in_flight() < config_.webhooks.in_flight_max) {
      Delivery delivery = std::move(lane.backlog.front());
      lane.backlog.pop_front();
      if (start_call(key, lane, delivery)) continue;
      lane.backlog.push_front(std::move(delivery));
      break;
    }
  }
}

std::optional<WebhookSecrets> WebhookJob::open_secrets(int64_t account_id,
                                                       const Delivery& delivery) const {
  const auto open = [&](const std::string& sealed) {
    return unseal(config_.secrets_key, sealed, webhook_secret_owner(account_id));
  };
  const std::optional<std::string> current = open(delivery.sealed);
  if (!current) return std::nullopt;
  WebhookSecrets secrets{*current, {}};
  for (const std::string& sealed : delivery.sealed_old) {
    if (auto old = open(from_base64(sealed).value_or(""))) secrets.old.push_back(*std::move(old));
  }
  return secrets;
}

bool WebhookJob::start_call(const LaneKey& key, Lane& lane, const Delivery& delivery) {
  const auto refuse = [&](std::string why) {
    OutboundReply reply;
    reply.error = std::move(why);
    settle(key, delivery, std::move(reply));
    return true;
  };
  auto url = OutboundUrl::parse(delivery.url, rules_);
  if (!url) return refuse(url.error().message);
  OutboundCall call;
  if (!url->address) {
    auto addresses = resolver_.ask(url->host);
    if (!addresses) return false;
    call.addresses = *std::move(addresses);
    const Status allowed = check_addresses(*url, call.addresses, rules_);
    if (!allowed) return refuse(allowed.error().message);
  }
  const std::optional<WebhookSecrets> secrets = open_secrets(key.first, delivery);
  if (!secrets) {
    log(LogLevel::kError, "webhook_secret_unreadable", {{"account_id", key.first}});
    return refuse("the signing secret cannot be read");
  }
  call.headers =
      webhook_headers(delivery.delivery_id, delivery.body, *secrets, now(), delivery.trace_id);
  call.url = *std::move(url);
  call.body = delivery.body;
  call.connect_timeout = config_.webhooks.connect_timeout;
  const milliseconds most_time = config_.webhooks.timeout;
  call.timeout = delivery.is_app ? std::min<milliseconds>(kAppTimeout, most_time) : most_time;
  lane.in_flight += 1;
  in_flight_.emplace(next_tag_, InFlight{key, delivery});
  http_.start(call, next_tag_++);
  return true;
}

void WebhookJob::settle(const LaneKey& key, const Delivery& delivery, OutboundReply reply) {
  Lane& lane = lanes_.at(key);
  const double jitter = std::uniform_real_distribution<double>(-1, 1)(random_);
  const Verdict verdict = judge_attempt(reply, delivery.failures, jitter, now());
  count_attempt(verdict, reply);
  const int failures = verdict.state == DeliveryState::kDelivered ? 0 : lane.failures + 1;
  lane.hold = std::max({lane.hold, verdict.hold, rest_after(failures)});
  lane.changed = lane.changed || failures != lane.failures || lane.hold.count() > 0;
  lane.failures = failures;
  if (lane.hold.count() > 0) {
    put_back(lane);
    lane.exhausted = true;
  }
  outcomes_.push_back({key, delivery.delivery_id, verdict, std::move(reply)});
}

// What was read ahead and not called waits for the lane's next owner.
void WebhookJob::put_back(Lane& lane) {
  for (const Delivery& waiting : lane.backlog) lane.in_hand.erase(waiting.delivery_id);
  lane.backlog.clear();
}

bool WebhookJob::let_go(const Lane& lane) const {
  return lane.in_hand.empty() && (lane.exhausted || stopping_);
}

Pg::Call WebhookJob::record_call() const {
  using enum PgArray::Type;
  PgArray accounts(kInt8), endpoints(kUuid), deliveries(kUuid), states(kInt2), waits(kInt8),
      statuses(kInt2), errors(kText), answers(kText), took(kInt4);
  for (const Outcome& outcome : outcomes_) {
    const OutboundReply& reply = outcome.reply;
    accounts.add(outcome.lane.first);
    endpoints.add(outcome.lane.second);
    deliveries.add(outcome.delivery_id);
    states.add(static_cast<int16_t>(outcome.verdict.state));
    waits.add(static_cast<int64_t>(outcome.verdict.wait.count()));
    const bool answered = reply.status != 0;
    statuses.add(answered ? std::optional(static_cast<int16_t>(reply.status)) : std::nullopt);
    errors.add(answered ? std::nullopt : std::optional(reply.error));
    answers.add(answered ? std::optional(shown_answer(reply.answer)) : std::nullopt);
    took.add(static_cast<int32_t>(reply.took.count()));
  }
  return {
      &sql::webhook_record,
      {PgParam(token_), accounts.finish(), endpoints.finish(), deliveries.finish(), states.finish(),
       waits.finish(), statuses.finish(), errors.finish(), answers.finish(), took.finish()}};
}

// The lanes of which something has to be written: renewed, let go, or their failures.
std::vector<WebhookJob::KeptLane> WebhookJob::lanes_to_keep() const {
  const auto at = Clock::now();
  std::vector<KeptLane> kept;
  for (const auto& [key, lane] : lanes_) {
    const bool ends = let_go(lane);
    if (ends || lane.changed || at > lane.lease_end - config_.webhooks.lease / 2) {
      kept.push_back({key, ends});
    }
  }
  return kept;
}

Pg::Call WebhookJob::keep_call(const std::vector<KeptLane>& kept) const {
  using enum PgArray::Type;
  PgArray accounts(kInt8), endpoints(kUuid), failures(kInt4), holds(kInt8), ends(kBool);
  for (const KeptLane& one : kept) {
    const Lane& lane = lanes_.at(one.key);
    accounts.add(one.key.first);
    endpoints.add(one.key.second);
    failures.add(lane.failures);
    holds.add(static_cast<int64_t>(lane.hold.count()));
    ends.add(one.ends);
  }
  return {&sql::webhook_keep_lanes,
          {PgParam(token_), PgParam(static_cast<int64_t>(config_.webhooks.lease.count())),
           PgParam(static_cast<int32_t>(config_.webhooks.disable_after.count())), accounts.finish(),
           endpoints.finish(), failures.finish(), holds.finish(), ends.finish()}};
}

// Outcomes and lanes in one transaction. When it fails, all of it is tried again.
void WebhookJob::record() {
  constexpr auto& col = sql::webhook_keep_lanes;
  const std::vector<KeptLane> kept = lanes_to_keep();
  if (kept.empty() && outcomes_.empty()) return;
  const auto start = Clock::now();
  std::vector<Pg::Call> calls{{&kPgBegin, {}}};
  if (!outcomes_.empty()) calls.push_back(record_call());
  if (!kept.empty()) calls.push_back(keep_call(kept));
  calls.push_back({&kPgCommit, {}});
  auto rows = pg_.run_pipeline(calls);
  if (!rows) {
    log(LogLevel::kWarning, "webhook_record_failed",
        {{"detail", std::string_view(rows.error().detail)}});
    pg_.rollback();
    return;
  }
  std::vector<std::pair<LaneKey, const char*>> unwanted;
  for (const Outcome& outcome : std::exchange(outcomes_, {})) {
    if (outcome.verdict.gone) unwanted.emplace_back(outcome.lane, "gone");
    if (auto lane = lanes_.find(outcome.lane); lane != lanes_.end()) {
      lane->second.in_hand.erase(outcome.delivery_id);
    }
  }
  if (!kept.empty()) {
    const PgRows& answer = (*rows)[rows->size() - 2];  // before the commit's
    for (int row = 0; row < answer.size(); ++row) {
      if (!answer.boolean(row, col.is_failing_long)) continue;
      unwanted.emplace_back(
          LaneKey{answer.i64(row, col.account_id), answer.uuid(row, col.endpoint_id)}, "failing");
    }
    carry_on(answer, kept, start);
  }
  if (!unwanted.empty()) disable(unwanted);
}

// Forgets the lanes that were given up, and those that another scheduler has because our lease
// ended.
void WebhookJob::carry_on(const PgRows& answer, const std::vector<KeptLane>& kept,
                          Clock::time_point since) {
  std::set<LaneKey> ours;
  for (int row = 0; row < answer.size(); ++row)
    ours.insert({answer.i64(row, sql::webhook_take_lanes.account_id),
                 answer.uuid(row, sql::webhook_take_lanes.endpoint_id)});
  for (const KeptLane& one : kept) {
    if (one.ends || !ours.contains(one.key)) {
      lanes_.erase(one.key);
      continue;
    }
    Lane& lane = lanes_.at(one.key);
    lane.lease_end = since + config_.webhooks.lease;
    lane.changed = false;
  }
}

void WebhookJob::disable(const std::vector<std::pair<LaneKey, const char*>>& endpoints) {
  PgArray accounts(PgArray::Type::kInt8), ids(PgArray::Type::kUuid);
  PgArray reasons(PgArray::Type::kText);
  for (const auto& [key, reason] : endpoints) {
    accounts.add(key.first);
    ids.add(key.second);
    reasons.add(reason);
    log(LogLevel::kWarning, "webhook_disabled",
        {{"account_id", key.first}, {"reason", std::string_view(reason)}});
  }
  (void)pg_.run(sql::webhook_disable, {accounts.finish(), ids.finish(), reasons.finish()});
}

}  // namespace dundun
