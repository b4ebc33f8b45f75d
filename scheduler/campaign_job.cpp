#include "scheduler/campaign_job.h"

#include <algorithm>
#include <thread>

#include "common/base/log.h"
#include "common/carrier/dispatch.h"
#include "common/sms/contact_columns.h"
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
constexpr size_t kPlansMax = 64;
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
// A slice of a limited throughput: one in so many of what it takes a second.
constexpr int64_t kSlicesASecond = 20;

Error no_longer_as_accepted() {
  return fail(ErrorCode::kInternal, "Internal server error",
              "a contact is not as it was when the campaign was accepted");
}

}  // namespace

milliseconds CampaignJob::run() {
  if (is_busy()) return milliseconds(2);
  auto rows =
      pg_.run(sql::claim_campaigns, {static_cast<int64_t>(kLease.count()), kCampaignsARound});
  if (!rows) return kCampaignTickMax;
  for (int row = 0; row < rows->size(); ++row) {
    Running running{rows->i64(row, 0),
                    rows->uuid(row, 1),
                    Environment(rows->i16(row, 2)),
                    {rows->i32(row, 3), rows->i64(row, 4)},
                    rows->is_null(row, 7) ? 0 : rows->i32(row, 7),
                    rows->instant(row, 8),
                    rows->instant(row, 9)};
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
  auto plan = plan_of(running);
  if (!plan) {
    log(LogLevel::kError, "campaign_plan", {{"detail", std::string_view(plan.error().detail)}});
    return milliseconds(0);
  }
  if ((*plan)->not_after && running.at > *(*plan)->not_after) {
    expire(running);
    return milliseconds(0);
  }
  Turn turn = turn_of(running);
  for (; turn.chunks > 0 && !is_busy(); --turn.chunks) {
    auto chunk = next_chunk(running, **plan, turn.most);
    if (!chunk) {
      log(LogLevel::kError, "campaign_chunk", {{"detail", std::string_view(chunk.error().detail)}});
      return milliseconds(0);
    }
    const bool finished = chunk->finished;
    const CampaignCursor to = chunk->to;
    const milliseconds wait = std::chrono::ceil<milliseconds>(chunk->wait);
    const bool only_skipped = chunk->messages.empty() && !finished;
    if (to != running.cursor) {
      commit(running, *std::move(chunk), only_skipped ? running.at : turn.next_due);
    }
    if (wait.count() > 0) {
      // The next look at this campaign must find the cursor moved, or it takes throughput in vain.
      await_commits();
      return wait;
    }
    if (finished) break;
    running.cursor = to;
  }
  return milliseconds(0);
}

void CampaignJob::expire(const Running& running) {
  const SteerCampaign steer{running.account_id,    running.environment, running.campaign_id,
                            CampaignStep::kExpire, std::nullopt,        std::nullopt};
  uncommitted_.fetch_add(1);
  journal_.submit(steer, [this](const Result<CommitResult>&) { uncommitted_.fetch_sub(1); });
  await_commits();
}

void CampaignJob::await_commits() const {
  while (uncommitted_.load() > 0) std::this_thread::sleep_for(milliseconds(1));
}

Result<std::shared_ptr<const CampaignJob::Plan>> CampaignJob::plan_of(const Running& running) {
  auto found = plans_.find(running.campaign_id);
  if (found != plans_.end()) return found->second;
  if (plans_.size() >= kPlansMax) plans_.clear();
  auto plan = TRY(read_plan(running));
  plans_[running.campaign_id] = plan;
  return plan;
}

Result<std::shared_ptr<const CampaignJob::Plan>> CampaignJob::read_plan(const Running& running) {
  auto plan = std::make_shared<Plan>();
  const std::initializer_list<PgParam> key{running.account_id, running.campaign_id};
  const PgRows head = TRY(pg_.run(sql::campaign_head, key));
  if (head.size() == 0) return fail(ErrorCode::kInternal, "Internal server error", "no plan");
  const std::string text(head.text(0, 0));
  plan->source = head.text(0, 1);
  plan->currency = head.text(0, 2);
  plan->wallet_rate = head.i64(0, 3);
  if (!head.is_null(0, 4)) plan->window = CampaignWindow{head.i16(0, 4), head.i16(0, 5), {}};
  plan->not_after = head.maybe_instant(0, 6);
  const PgRows lists = TRY(pg_.run(sql::campaign_plan_lists, key));
  for (int row = 0; row < lists.size(); ++row) {
    const ListHeaders headers = headers_of(lists, row, 2, 3);
    plan->lists.push_back(
        {lists.i64(row, 0), std::string(lists.text(row, 1)), Template::compile(text, headers)});
  }
  const PgRows routes = TRY(pg_.run(sql::campaign_plan_routes, key));
  for (int row = 0; row < routes.size(); ++row) {
    CampaignRoute route{std::string(routes.text(row, 0)),
                        std::string(routes.text(row, 1)),
                        std::string(routes.text(row, 2)),
                        std::string(routes.text(row, 3)),
                        routes.i64(row, 4),
                        routes.i64(row, 5)};
    const std::string_view zone = routes.text(row, 6);
    const bool new_lane =
        plan->window ? plan->lanes.empty() || plan->lanes.back() != zone : plan->lanes.empty();
    if (new_lane) plan->lanes.emplace_back(zone);
    const std::string country = route.country;
    plan->routes.emplace(country, Plan::By{std::move(route), plan->lanes.size() - 1});
  }
  return std::shared_ptr<const Plan>(std::move(plan));
}

Result<milliseconds> CampaignJob::window_wait(const Running& running, const Plan& plan) {
  if (!plan.window) return milliseconds(0);
  const std::string& zone =
      plan.lanes[static_cast<size_t>(running.cursor.list_position) / plan.lists.size()];
  const PgRows rows =
      TRY(pg_.run(sql::window_wait, {static_cast<int32_t>(plan.window->opens),
                                     static_cast<int32_t>(plan.window->closes), zone}));
  // Null: the time zones of this server have changed since. Better now than never.
  if (rows.is_null(0, 0)) return milliseconds(0);
  milliseconds wait(rows.i64(0, 0));
  if (plan.not_after) {
    wait = std::min(
        wait, std::chrono::ceil<milliseconds>(*plan.not_after - running.at) + milliseconds(1));
  }
  return wait;
}

Result<CampaignJob::Chunk> CampaignJob::next_chunk(const Running& running, const Plan& plan,
                                                   int64_t most) {
  Chunk chunk;
  chunk.to = running.cursor;
  chunk.wait = TRY(window_wait(running, plan));
  if (chunk.wait.count() > 0) return chunk;
  for (int pages = 0; pages < kPagesAChunk; ++pages) {
    if (!TRY(add_page(running, plan, most, chunk))) break;
  }
  chunk.finished =
      chunk.to.list_position >= static_cast<int32_t>(plan.lists.size() * plan.lanes.size());
  chunk.opted_out = TRY(opted_out_among(running, chunk.messages));
  return chunk;
}

// Who opted out since the campaign was accepted: paid for, so they get their message's row, which
// fails and is refunded.
Result<std::set<std::string>> CampaignJob::opted_out_among(
    const Running& running, const std::vector<AcceptMessage>& messages) {
  PgArray phones(PgArray::Type::kText);
  for (const AcceptMessage& message : messages) phones.add(std::string_view(message.phone));
  const PgRows rows =
      TRY(pg_.run(sql::opt_outs_among, {running.account_id, running.environment, phones.finish()}));
  std::set<std::string> found;
  for (int row = 0; row < rows.size(); ++row) found.emplace(rows.text(row, 0));
  return found;
}

Result<bool> CampaignJob::add_page(const Running& running, const Plan& plan, int64_t most,
                                   Chunk& chunk) {
  const Query query = [this](const Statement& statement, std::span<const PgParam> params) {
    return pg_.run(statement, params);
  };
  const size_t position = static_cast<size_t>(chunk.to.list_position);
  const size_t lane = position / plan.lists.size();
  const Plan::List& list = plan.lists[position % plan.lists.size()];
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
        (by == plan.routes.end() || by->second.lane == lane)) {
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
    // The next lane has clocks of its own.
    if (static_cast<size_t>(chunk.to.list_position) % plan.lists.size() == 0) return false;
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
void CampaignJob::commit(const Running& running, Chunk chunk, Instant next_due) {
  ExpandCampaign expand{
      running.account_id, running.environment, running.campaign_id, running.cursor, chunk.to, {},
      next_due,           chunk.finished};
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
    if (chunk.opted_out.contains(message.phone)) {
      record(recipient_opted_out(submission));
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
