#include "scheduler/campaign_job.h"

#include <algorithm>
#include <thread>

#include "common/base/log.h"
#include "common/carrier/dispatch.h"
#include "common/sms/quote.h"
#include "sql/campaigns.h"
#include "sql/opt_outs.h"

namespace dundun {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr milliseconds kCampaignTickMax{50};
constexpr milliseconds kLease{10'000};
constexpr int64_t kCampaignsARound = 4;  // they take turns
constexpr int64_t kChunk = 1000;
constexpr int kChunksATurn = 4;
constexpr int kPagesAChunk = 20;
constexpr int64_t kPageMin = 100;
// Messages whose submit is not recorded, at most: single sends share the database.
constexpr int kCampaignOutstandingMax = 6000;
// Submits that no carrier has answered, at most: a slow carrier's backlog stays with us, in the
// campaign, and not under a claim whose lease runs.
constexpr int kUnansweredMax = 500;
constexpr int64_t kMicrosAMinute = 60'000'000;
// After an outage a drip goes on at its rate; it catches up no more than this.
constexpr microseconds kCatchUpMax{1'000'000};
// While no carrier of a route can take anything, its campaigns make nothing.
constexpr milliseconds kNoCarrierWait{500};
// A suspended account's campaigns wait; so long after it is resumed they go on at the latest.
constexpr milliseconds kSuspendedWait{1'000};
// A slice of a limited throughput: one in so many of what it takes a second.
constexpr int64_t kSlicesASecond = 20;

Error no_longer_as_accepted() {
  return fail(ErrorCode::kInternal, "Internal server error",
              "a contact is not as it was when the campaign was accepted");
}

}  // namespace

milliseconds CampaignJob::run() {
  constexpr auto& col = sql::claim_campaigns;
  if (is_busy()) return milliseconds(2);
  auto rows =
      pg_.run(sql::claim_campaigns, {static_cast<int64_t>(kLease.count()), kCampaignsARound});
  if (!rows) return kCampaignTickMax;
  for (int row = 0; row < rows->size(); ++row) {
    Running running{rows->i64(row, col.account_id),
                    rows->uuid(row, col.batch_id),
                    Environment(rows->i16(row, col.environment)),
                    parse_cursors(rows->text(row, col.cursors)),
                    rows->is_null(row, col.drip_rate) ? 0 : rows->i32(row, col.drip_rate),
                    rows->instant(row, col.next_due_at),
                    rows->instant(row, col.claimed_at),
                    AccountStatus(rows->i16(row, col.account_status))};
    const milliseconds wait = work_on(running);
    (void)pg_.run(sql::release_campaign,
                  {running.account_id, running.campaign_id, static_cast<int64_t>(wait.count())});
  }
  if (rows->size() > 0) return milliseconds(0);
  auto next = pg_.run(sql::next_campaign, {});
  if (!next || next->is_null(0, 0)) return kCampaignTickMax;
  return std::clamp(milliseconds(next->i64(0, 0) + 1), milliseconds(1), kCampaignTickMax);
}

bool CampaignJob::is_busy() const {
  return outstanding_.load() > kCampaignOutstandingMax || unanswered_.load() > kUnansweredMax;
}

microseconds CampaignJob::take_share(AcceptMessage& message) {
  Submission submission = submission_of(message);
  submission.paced = true;
  submission.carrier = message.carrier = router_.first_carrier(submission);
  if (message.carrier.empty()) return kNoCarrierWait;
  const std::vector<PaceLimit> limits = carriers_.limits_of(submission, Carriers::WithRoute::kYes);
  for (const PaceLimit& limit : limits) {
    int64_t& left = shares_[limit.bucket];
    if (left >= message.segments) continue;
    const int64_t slice =
        std::max<int64_t>(limit.segments_per_s / kSlicesASecond, message.segments);
    const microseconds wait = pace_.take_spare(limit, slice);
    if (wait.count() > 0) return wait;
    left += slice;
  }
  for (const PaceLimit& limit : limits) shares_[limit.bucket] -= message.segments;
  return microseconds(0);
}

CampaignJob::Turn CampaignJob::turn_of(const Running& running) {
  if (running.drip_rate <= 0) return {kChunksATurn, kChunk, running.at};
  const microseconds step(kMicrosAMinute / running.drip_rate);
  const Instant from = std::max(running.due, running.at - kCatchUpMax);
  const int64_t allowed = (running.at - from) / step + 1;
  const int64_t most = std::min(allowed, kChunk);
  return {1, most, from + step * most};
}

milliseconds CampaignJob::work_on(Running running) {
  if (running.account == AccountStatus::kSuspended) return kSuspendedWait;
  if (running.account == AccountStatus::kClosed) {
    end(running, CampaignStep::kCancel);
    return milliseconds(0);
  }
  auto plan = plan_of(running);
  if (!plan) {
    log(LogLevel::kError, "campaign_plan", {{"detail", std::string_view(plan.error().detail)}});
    return milliseconds(0);
  }
  if ((*plan)->not_after && running.at > *(*plan)->not_after) {
    end(running, CampaignStep::kExpire);
    return milliseconds(0);
  }
  Result<Lanes> lanes = lanes_now(running, **plan);
  Result<milliseconds> wait = lanes ? work_through(running, **plan, *std::move(lanes))
                                    : Result<milliseconds>(lanes.error());
  if (wait) return *wait;
  log(LogLevel::kError, "campaign_chunk", {{"detail", std::string_view(wait.error().detail)}});
  return milliseconds(0);
}

// A lane that has to wait for its route keeps no other one from leaving.
Result<milliseconds> CampaignJob::work_through(Running& running, const Plan& plan, Lanes lanes) {
  Turn turn = turn_of(running);
  std::optional<milliseconds> wait;
  std::vector<OpenLane>& open = lanes.open;
  while (turn.chunks > 0 && !open.empty() && !is_busy()) {
    Chunk chunk = TRY(next_chunk(running, plan, open.front(), turn.most));
    CampaignCursor& cursor = running.cursors[chunk.lane];
    const CampaignCursor to = chunk.to;
    const milliseconds chunk_wait = std::chrono::ceil<milliseconds>(chunk.wait);
    const bool only_skipped = chunk.messages.empty() && !plan.is_done(to);
    if (to != cursor) {
      commit(running, plan, std::move(chunk), only_skipped ? running.at : turn.next_due);
    }
    cursor = to;
    if (chunk_wait.count() > 0) wait = std::min(chunk_wait, wait.value_or(chunk_wait));
    if (chunk_wait.count() > 0 || plan.is_done(to)) open.erase(open.begin());
    if (chunk_wait.count() == 0) --turn.chunks;
  }
  if (!open.empty()) return milliseconds(0);
  if (lanes.next_opens) {
    const milliseconds opens = std::chrono::ceil<milliseconds>(*lanes.next_opens - running.at);
    wait = std::min(opens, wait.value_or(opens));
  }
  // The next look at this campaign must find the cursors moved, or it takes throughput in vain.
  await_commits();
  return std::max(wait.value_or(milliseconds(0)), milliseconds(0));
}

void CampaignJob::end(const Running& running, CampaignStep step) {
  const SteerCampaign steer{running.account_id, running.environment, running.campaign_id, step,
                            std::nullopt,       std::nullopt};
  uncommitted_.fetch_add(1);
  journal_.submit(steer, [this](const Result<CommitResult>&) { uncommitted_.fetch_sub(1); });
  await_commits();
}

void CampaignJob::await_commits() const {
  while (uncommitted_.load() > 0) std::this_thread::sleep_for(milliseconds(1));
}

Result<CampaignJob::Lanes> CampaignJob::lanes_now(const Running& running, const Plan& plan) {
  constexpr auto& col = sql::window_edges;
  Lanes lanes;
  if (!plan.window) {
    if (!plan.is_done(running.cursors.at(0))) lanes.open.push_back({0, std::nullopt});
    return lanes;
  }
  PgArray zones(PgArray::Type::kText);
  for (const std::string& zone : plan.lanes) zones.add(std::string_view(zone));
  const PgRows rows =
      TRY(pg_.run(sql::window_edges, {static_cast<int32_t>(plan.window->opens),
                                      static_cast<int32_t>(plan.window->closes), zones.finish()}));
  for (int row = 0; row < rows.size(); ++row) {
    const auto lane = static_cast<size_t>(rows.i64(row, col.place) - 1);
    if (lane >= running.cursors.size() || plan.is_done(running.cursors[lane])) continue;
    const std::optional<Instant> opens = rows.maybe_instant(row, col.at);
    // Null: the time zones of this server have changed since. Better now than never.
    if (!opens || rows.boolean(row, col.is_past)) {
      lanes.open.push_back({lane, rows.maybe_instant(row, col.closes)});
    } else {
      lanes.next_opens = std::min(*opens, lanes.next_opens.value_or(*opens));
    }
  }
  // Then it expires.
  if (lanes.next_opens && plan.not_after) {
    lanes.next_opens = std::min(*lanes.next_opens, *plan.not_after + milliseconds(1));
  }
  return lanes;
}

Result<CampaignJob::Chunk> CampaignJob::next_chunk(const Running& running, const Plan& plan,
                                                   const OpenLane& lane, int64_t most) {
  Chunk chunk;
  chunk.lane = lane.lane;
  chunk.closes = lane.closes;
  chunk.to = running.cursors[lane.lane];
  for (int pages = 0; pages < kPagesAChunk; ++pages) {
    if (!TRY(add_page(running, plan, most, chunk))) break;
  }
  if (!chunk.messages.empty()) TRY(look_at_departures(running, chunk));
  return chunk;
}

// What cannot leave any more is paid for all the same, so it gets its message's row, which fails
// and is refunded.
Status CampaignJob::look_at_departures(const Running& running, Chunk& chunk) {
  PgArray phones(PgArray::Type::kText);
  for (const AcceptMessage& message : chunk.messages) phones.add(std::string_view(message.phone));
  const std::vector<PgRows> found = TRY(pg_.run_pipeline(std::vector<Pg::Call>{
      {&sql::opt_outs_among, {running.account_id, running.environment, phones.finish()}},
      {&sql::campaign_departure, {running.account_id, running.campaign_id}}}));
  for (int row = 0; row < found[0].size(); ++row)
    chunk.opted_out.emplace(found[0].text(row, sql::opt_outs_among.phone));
  for (int row = 0; row < found[1].size(); ++row) {
    Departure& departure =
        chunk.departures[std::string(found[1].text(row, sql::campaign_departure.country))];
    departure.account = AccountStatus(found[1].i16(row, sql::campaign_departure.status));
    departure.route_active = found[1].boolean(row, sql::campaign_departure.is_active);
    departure.sender_approved = found[1].boolean(row, sql::campaign_departure.sender_stands);
  }
  return Done{};
}

Departure CampaignJob::Chunk::departure_of(const AcceptMessage& message) const {
  const auto found = departures.find(message.country);
  Departure departure = found == departures.end() ? Departure{} : found->second;
  departure.opted_out = opted_out.contains(message.phone);
  // It closed while this was being made: the next look at the message finds when it opens.
  if (closes && now() >= *closes) departure.window_opens = now();
  return departure;
}

Result<bool> CampaignJob::add_page(const Running& running, const Plan& plan, int64_t most,
                                   Chunk& chunk) {
  const Query query = [this](const Statement& statement, std::span<const PgParam> params) {
    return pg_.run(statement, params);
  };
  const Plan::List& list = plan.lists[static_cast<size_t>(chunk.to.list_position)];
  const int64_t wanted = most - static_cast<int64_t>(chunk.messages.size());
  // Of some contacts nothing is made, of other lanes' nothing now: a page is longer than a drip's
  // chunk.
  const int64_t page = plan.lanes.size() > 1 ? kChunk : std::max(wanted, kPageMin);
  const PgRows rows = TRY(
      read_contacts(query, running.account_id, list.list_id, chunk.to.contact_id, page, list.text));
  for (int row = 0; row < rows.size(); ++row) {
    if (static_cast<int64_t>(chunk.messages.size()) == most) return false;
    const Contact contact = contact_of(rows, row, list.text);
    const auto by = plan.routes.find(contact.country);
    if (!is_skipped(list.skipped, contact.contact_id) &&
        (by == plan.routes.end() || by->second.lane == chunk.lane)) {
      if (by == plan.routes.end()) return no_longer_as_accepted();
      AcceptMessage message = TRY(message_for(running, plan, list.text, contact, by->second));
      chunk.wait = take_share(message);
      if (chunk.wait.count() > 0) return false;
      chunk.messages.push_back(std::move(message));
    }
    chunk.to.contact_id = contact.contact_id;
  }
  if (rows.size() < page) {
    chunk.to = {chunk.to.list_position + 1, 0};
    if (plan.is_done(chunk.to)) return false;
  }
  return static_cast<int64_t>(chunk.messages.size()) < most;
}

Result<AcceptMessage> CampaignJob::message_for(const Running& running, const Plan& plan,
                                               const Template& text, const Contact& contact,
                                               const Plan::By& how) {
  if (!text.render(contact.phone, contact.name, contact.values, rendered_)) {
    return no_longer_as_accepted();
  }
  const CampaignRoute& by = how.route;
  Route route;
  route.price_micros = by.price_micros;
  const SegmentCount count = TRY(count_segments(rendered_));
  const Quote quote = TRY(price_message(route, count, by.rate, plan.wallet_rate));
  AcceptMessage accept{};
  accept.account_id = running.account_id;
  accept.environment = running.environment;
  accept.message_id = new_uuid7();
  accept.phone = contact.phone;
  accept.body = rendered_;
  accept.sender = by.sender;
  accept.route = by.route;
  accept.country = by.country;
  accept.segments = static_cast<int16_t>(quote.segments);
  accept.encoding = quote.encoding;
  accept.cost_micros = quote.wallet_cost;
  accept.cost_currency = plan.currency;
  accept.route_cost_micros = quote.route_cost;
  accept.route_currency = by.currency;
  accept.source = plan.source;
  accept.lease = config_.submit_lease;
  accept.campaign_id = running.campaign_id;
  accept.not_after = plan.not_after;
  if (plan.window) {
    accept.window = DeliveryWindow{plan.window->opens, plan.window->closes, plan.lanes[how.lane]};
  }
  return accept;
}

// The next chunk may follow at once: the journal takes them in order, and one whose predecessor
// failed finds the cursor elsewhere.
void CampaignJob::commit(const Running& running, const Plan& plan, Chunk chunk, Instant next_due) {
  ExpandCampaign expand{running.account_id,
                        running.environment,
                        running.campaign_id,
                        chunk.lane,
                        running.cursors[chunk.lane],
                        chunk.to,
                        {},
                        next_due,
                        static_cast<int32_t>(plan.lists.size())};
  const auto made = std::make_shared<const Chunk>(std::move(chunk));
  expand.messages = made->messages;
  const int count = static_cast<int>(made->messages.size());
  outstanding_.fetch_add(count);
  uncommitted_.fetch_add(1);
  journal_.submit(std::move(expand), [this, made, count](const Result<CommitResult>& result) {
    const bool committed = result && result->outcome == CommitResult::Outcome::kCommitted;
    if (committed) submit(*made, *result);
    if (!committed) outstanding_.fetch_sub(count);
    uncommitted_.fetch_sub(1);
  });
}

void CampaignJob::submit(const Chunk& chunk, const CommitResult& result) {
  for (const AcceptMessage& message : chunk.messages) {
    Submission submission = submission_of(message);
    submission.paced = true;
    submission.claim = result.claim;
    if (auto change = kept_back(submission, chunk.departure_of(message))) {
      record(*std::move(change));
      continue;
    }
    unanswered_.fetch_add(1);
    router_.submit(submission, [this, submission](const SubmitOutcome& outcome) {
      unanswered_.fetch_sub(1);
      auto change = record_outcome(submission, outcome, now(), config_.auto_retry_delays);
      if (change) {
        record(*std::move(change));
      } else {
        outstanding_.fetch_sub(1);
      }
    });
  }
}

void CampaignJob::record(AdvanceMessage change) {
  journal_.submit(std::move(change),
                  [this](const Result<CommitResult>&) { outstanding_.fetch_sub(1); });
}

void CampaignJob::finish() {
  while (outstanding_.load() > 0 || uncommitted_.load() > 0) {
    std::this_thread::sleep_for(milliseconds(5));
  }
}

}  // namespace dundun
