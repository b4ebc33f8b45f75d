#include "common/journal/changes/campaign.h"

#include <algorithm>

#include "common/io/json.h"
#include "common/journal/news.h"
#include "common/journal/reads.h"
#include "common/journal/write_set.h"
#include "sql/journal.h"

namespace dundun {

using enum PgArray::Type;
using Outcome = CommitResult::Outcome;

std::vector<std::string> lanes_of(const std::vector<CampaignRoute>& routes) {
  std::vector<std::string> zones;
  for (const CampaignRoute& route : routes) {
    if (zones.empty() || zones.back() != route.zone) zones.push_back(route.zone);
  }
  if (zones.empty()) zones.emplace_back();
  return zones;
}

void ChangeKind<AcceptCampaign>::wants(const AcceptCampaign& accept, Reads& reads) {
  reads.wallets.want({accept.account_id, accept.environment});
  if (accept.idempotency) reads.answers.want({accept.account_id, accept.idempotency->key_hash});
  if (reads.mode() == BatchMode::kResolve) {
    reads.campaign_charges.want({accept.account_id, accept.campaign_id});
  }
}

void ChangeKind<ExpandCampaign>::wants(const ExpandCampaign& expand, Reads& reads) {
  reads.webhooks.want({expand.account_id});
  reads.campaigns.want({expand.account_id, expand.campaign_id});
}

void ChangeKind<SteerCampaign>::wants(const SteerCampaign& steer, Reads& reads) {
  reads.wallets.want({steer.account_id, steer.environment});
  reads.campaigns.want({steer.account_id, steer.campaign_id});
}

namespace {

constexpr PgArray::Type kCampaignKey[] = {kInt8, kUuid};

void take_campaign(const PgRows& rows, int n, std::map<MessageKey, CampaignState>& campaigns) {
  constexpr auto& col = sql::journal_lock_campaigns;
  CampaignState& campaign = campaigns[{rows.i64(n, col.account_id), rows.uuid(n, col.batch_id)}];
  campaign.environment = Environment(rows.i16(n, col.environment));
  campaign.status = CampaignStatus(rows.i16(n, col.status));
  campaign.cursors = parse_cursors(rows.text(n, col.cursors));
  campaign.total = rows.i32(n, col.total);
  campaign.made = rows.i32(n, col.made);
  campaign.cost_micros = rows.i64(n, col.cost_micros);
  campaign.made_micros = rows.i64(n, col.made_micros);
  campaign.refunded_micros = rows.i64(n, col.refunded_micros);
  if (!rows.is_null(n, col.drip_rate)) campaign.drip_rate = rows.i32(n, col.drip_rate);
  campaign.scheduled_at = rows.maybe_instant(n, col.scheduled_at);
  campaign.next_due = rows.instant(n, col.next_due_at);
  campaign.name = rows.maybe_text(n, col.name).value_or("");
}

void take_campaign_charge(const PgRows& rows, int row,
                          std::map<MessageKey, CommittedCharge>& charges) {
  constexpr auto& col = sql::journal_read_campaign_charges;
  charges[{rows.i64(row, col.account_id), rows.uuid(row, col.batch_id)}].balance_after_micros =
      rows.i64(row, col.balance_after_micros);
}

}  // namespace

constinit const ReadRule<MessageKey, decltype(Known::campaigns)> kCampaignRead{
    &sql::journal_lock_campaigns, kCampaignKey, in_id_order, &Known::campaigns, take_campaign};
constinit const ReadRule<MessageKey, decltype(Known::committed_charges)> kCampaignChargeRead{
    &sql::journal_read_campaign_charges, kCampaignKey, in_id_order, &Known::committed_charges,
    take_campaign_charge};

namespace {

Decision committed(const Uuid& campaign_id, const CampaignState& campaign, Micros balance_micros) {
  Decision decision = refuse(Outcome::kCommitted, campaign_id);
  decision.apply = true;
  decision.result.campaign = campaign;
  decision.result.balance_micros = balance_micros;
  return decision;
}

CampaignState accepted_state(const AcceptCampaign& accept) {
  CampaignState campaign;
  campaign.status = accept.scheduled_at ? CampaignStatus::kScheduled
                    : accept.drip_rate  ? CampaignStatus::kDripping
                                        : CampaignStatus::kSending;
  campaign.environment = accept.environment;
  campaign.total = accept.total;
  campaign.cost_micros = accept.cost_micros;
  campaign.drip_rate = accept.drip_rate;
  campaign.scheduled_at = accept.scheduled_at;
  campaign.cursors.resize(lanes_of(accept.plan.routes).size());
  return campaign;
}

}  // namespace

Decision ChangeKind<AcceptCampaign>::decide(const AcceptCampaign& accept, const Uuid&,
                                            Known& known) {
  const MessageKey key{accept.account_id, accept.campaign_id};
  if (auto done = known.committed_charges.find(key); done != known.committed_charges.end()) {
    Decision decision =
        committed(accept.campaign_id, accepted_state(accept), done->second.balance_after_micros);
    decision.apply = false;
    return decision;
  }
  auto wallet = known.wallets.find({accept.account_id, accept.environment});
  if (wallet == known.wallets.end()) return refuse(Outcome::kNotFound, accept.campaign_id);
  if (auto seen = answer_of_key(accept.account_id, accept.idempotency, known)) return *seen;
  if (wallet->second.account != AccountStatus::kActive) {
    return refuse(Outcome::kSuspended, accept.campaign_id);
  }
  if (wallet->second.balance_micros < accept.cost_micros) {
    Decision decision = refuse(Outcome::kInsufficientBalance, accept.campaign_id);
    decision.result.balance_micros = wallet->second.balance_micros;
    return decision;
  }
  const LedgerLine line = post(wallet->second, LedgerLine::Type::kCharge, -accept.cost_micros);
  Decision decision =
      committed(accept.campaign_id, accepted_state(accept), wallet->second.balance_micros);
  decision.ledger = line;
  if (accept.idempotency) {
    AnswerState& answer = known.answers[{accept.account_id, accept.idempotency->key_hash}];
    answer.request_hash = accept.idempotency->request_hash;
    answer.message_id = accept.campaign_id;
    answer.balance_after_micros = decision.result.balance_micros;
  }
  return decision;
}

namespace {

CampaignStatus running_status(const CampaignState& campaign) {
  return campaign.drip_rate ? CampaignStatus::kDripping : CampaignStatus::kSending;
}

}  // namespace

Decision ChangeKind<ExpandCampaign>::decide(const ExpandCampaign& expand, const Uuid&,
                                            Known& known) {
  auto found = known.campaigns.find({expand.account_id, expand.campaign_id});
  if (found == known.campaigns.end()) return refuse(Outcome::kNotFound, expand.campaign_id);
  CampaignState& campaign = found->second;
  const bool as_expected = is_running(campaign.status) && expand.lane < campaign.cursors.size() &&
                           campaign.cursors[expand.lane] == expand.from;
  if (!as_expected) {
    Decision decision = refuse(Outcome::kNotAllowed, expand.campaign_id);
    decision.result.campaign = campaign;
    return decision;
  }
  campaign.cursors[expand.lane] = expand.to;
  campaign.made += static_cast<int32_t>(expand.messages.size());
  for (const AcceptMessage& message : expand.messages) campaign.made_micros += message.cost_micros;
  campaign.next_due = expand.next_due;
  const bool finished = std::ranges::all_of(campaign.cursors, [&](const CampaignCursor& cursor) {
    return cursor.list_position >= expand.lists;
  });
  campaign.status = finished ? CampaignStatus::kCompleted : running_status(campaign);
  campaign.changed = true;
  Decision decision = committed(expand.campaign_id, campaign, 0);
  decision.claims = static_cast<int>(expand.messages.size());
  return decision;
}

namespace {

bool may_step(const SteerCampaign& steer, const CampaignState& campaign) {
  const bool going =
      campaign.status == CampaignStatus::kSending || campaign.status == CampaignStatus::kDripping;
  switch (steer.step) {
    case CampaignStep::kCancel:
    case CampaignStep::kExpire:
      return is_running(campaign.status) || campaign.status == CampaignStatus::kPaused;
    case CampaignStep::kPause:
      return going;
    case CampaignStep::kResume:
      return campaign.status == CampaignStatus::kPaused;
    case CampaignStep::kReschedule:
      return campaign.status == CampaignStatus::kScheduled;
    case CampaignStep::kChangeRate:
      return campaign.drip_rate.has_value() &&
             (is_running(campaign.status) || campaign.status == CampaignStatus::kPaused);
  }
  return false;
}

// Only what was not made comes back here; a message that was made has its own fate.
std::optional<LedgerLine> end(CampaignStatus status, CampaignState& campaign, WalletState& wallet) {
  campaign.status = status;
  campaign.refunded_micros = campaign.cost_micros - campaign.made_micros;
  if (campaign.refunded_micros == 0) return std::nullopt;
  return post(wallet, LedgerLine::Type::kRefund, campaign.refunded_micros);
}

std::optional<LedgerLine> step(const SteerCampaign& steer, CampaignState& campaign,
                               WalletState& wallet) {
  switch (steer.step) {
    case CampaignStep::kCancel:
      return end(CampaignStatus::kCancelled, campaign, wallet);
    case CampaignStep::kExpire:
      return end(CampaignStatus::kExpired, campaign, wallet);
    case CampaignStep::kPause:
      campaign.status = CampaignStatus::kPaused;
      break;
    case CampaignStep::kResume:
      campaign.status = running_status(campaign);
      campaign.next_due = now();
      break;
    case CampaignStep::kReschedule:
      campaign.scheduled_at = steer.scheduled_at;
      campaign.next_due = steer.scheduled_at.value_or(campaign.next_due);
      break;
    case CampaignStep::kChangeRate:
      campaign.drip_rate = steer.drip_rate;
      break;
  }
  return std::nullopt;
}

}  // namespace

Decision ChangeKind<SteerCampaign>::decide(const SteerCampaign& steer, const Uuid&, Known& known) {
  auto found = known.campaigns.find({steer.account_id, steer.campaign_id});
  auto wallet = known.wallets.find({steer.account_id, steer.environment});
  if (found == known.campaigns.end() || wallet == known.wallets.end() ||
      found->second.environment != steer.environment) {
    return refuse(Outcome::kNotFound, steer.campaign_id);
  }
  CampaignState& campaign = found->second;
  if (!may_step(steer, campaign)) {
    Decision decision = refuse(Outcome::kNotAllowed, steer.campaign_id);
    decision.result.campaign = campaign;
    return decision;
  }
  const std::optional<LedgerLine> line = step(steer, campaign, wallet->second);
  campaign.changed = true;
  Decision decision = committed(steer.campaign_id, campaign, wallet->second.balance_micros);
  decision.ledger = line;
  return decision;
}

namespace {

// {"type":"batch_progress",…}: a campaign's state, and how many of its messages are made.
std::string campaign_event(const Uuid& event_id, const Uuid& campaign_id,
                           const CampaignState& campaign) {
  JsonWriter json;
  json.begin_object()
      .member("type", "batch_progress")
      .member("event_id", event_id_text(event_id))
      .member("batch_id", batch_id_text(campaign_id))
      .member("status", campaign_status_name(campaign.status))
      .member("made", campaign.made)
      .member("total", campaign.total)
      .end_object();
  return json.take();
}

template <class Campaign>
void tell_progress(const Campaign& change, const Admitted& admitted, News& news) {
  const CommitResult& result = admitted.decision.result;
  news.publication.add(event_channel(change.account_id, change.environment),
                       campaign_event(admitted.event_id, result.message_id, result.campaign));
}

// The last message of a campaign was made.
Notify campaign_finished_notice(const ExpandCampaign& last, const std::string& name) {
  const std::string id = batch_id_text(last.campaign_id);
  Notify notice{};
  notice.account_id = last.account_id;
  notice.environment = last.environment;
  notice.type = "campaign_finished";
  notice.title = "Campaign finished";
  notice.body =
      "The last message of campaign " + (name.empty() ? id : "'" + name + "'") + " is on its way.";
  notice.link = "/campaigns/" + id;
  notice.dedupe_key = notice.type + ":" + id;
  return notice;
}

}  // namespace

void ChangeKind<AcceptCampaign>::tell(const AcceptCampaign& accept, const Admitted& admitted,
                                      News& news) {
  tell_progress(accept, admitted, news);
}

void ChangeKind<ExpandCampaign>::tell(const ExpandCampaign& expand, const Admitted& admitted,
                                      News& news) {
  tell_progress(expand, admitted, news);
  const CampaignState& finished = admitted.decision.result.campaign;
  if (finished.status == CampaignStatus::kCompleted) {
    news.notifications.push_back({campaign_finished_notice(expand, finished.name), new_uuid7()});
  }
}

void ChangeKind<SteerCampaign>::tell(const SteerCampaign& steer, const Admitted& admitted,
                                     News& news) {
  tell_progress(steer, admitted, news);
}

namespace {

const std::string kNoRateText;

template <class Member>
PgParam column(PgArray::Type type, const std::vector<CampaignRoute>& routes, Member member) {
  PgArray array(type);
  for (const CampaignRoute& route : routes) {
    if constexpr (std::is_same_v<std::decay_t<decltype(route.*member)>, std::string>) {
      array.add(std::string_view(route.*member));
    } else {
      array.add(route.*member);
    }
  }
  return array.finish();
}

Pg::Call plan_call(const AcceptCampaign& a) {
  PgArray lists(kInt8), skipped(kBytea);
  for (const int64_t list_id : a.plan.list_ids) lists.add(list_id);
  for (const std::string& bits : a.plan.skipped) skipped.add(std::string_view(bits));
  const std::vector<CampaignRoute>& routes = a.plan.routes;
  return {
      &sql::journal_insert_campaign_plan,
      {PgParam(a.account_id), PgParam(a.campaign_id), lists.finish(), skipped.finish(),
       column(kText, routes, &CampaignRoute::country), column(kText, routes, &CampaignRoute::route),
       column(kText, routes, &CampaignRoute::sender),
       column(kText, routes, &CampaignRoute::currency),
       column(kInt8, routes, &CampaignRoute::price_micros),
       column(kInt8, routes, &CampaignRoute::rate), PgParam(a.plan.wallet_rate),
       column(kText, routes, &CampaignRoute::zone)}};
}

}  // namespace

void ChangeKind<AcceptCampaign>::write(const AcceptCampaign& a, const Admitted& admitted,
                                       WriteSet& set) {
  const CommitResult& result = admitted.decision.result;
  set.add({&sql::journal_insert_campaign,
           {PgParam(a.account_id), PgParam(a.campaign_id), PgParam(a.environment),
            PgParam(static_cast<int16_t>(result.campaign.status)), PgParam(a.body),
            PgParam(a.source), PgParam(a.total), PgParam(a.segments), PgParam(a.cost_micros),
            PgParam(a.cost_currency), PgParam(a.drip_rate), PgParam(a.scheduled_at),
            PgParam(a.window ? std::optional(a.window->opens) : std::nullopt),
            PgParam(a.window ? std::optional(a.window->closes) : std::nullopt),
            PgParam(a.window ? a.window->zone : std::nullopt), PgParam(a.not_after),
            PgParam(cursors_text(result.campaign.cursors)), PgParam(a.name)}});
  set.add(plan_call(a));
  add_ledger({a.account_id, a.environment}, *admitted.decision.ledger,
             {std::nullopt, a.campaign_id, a.description, kNoRateText}, set);
  if (a.idempotency) {
    add_key(a.account_id, *a.idempotency, a.campaign_id, result.balance_micros, std::nullopt, set);
  }
}

void ChangeKind<ExpandCampaign>::write(const ExpandCampaign& expand, const Admitted& admitted,
                                       WriteSet& set) {
  for (const AcceptMessage& message : expand.messages) {
    add_message(message, MessageStatus::kQueued, admitted.known, set);
  }
}

void ChangeKind<SteerCampaign>::write(const SteerCampaign& steer, const Admitted& admitted,
                                      WriteSet& set) {
  if (!admitted.decision.ledger) return;
  const std::string why = steer.step == CampaignStep::kExpire ? " expired" : " cancelled";
  const std::string description =
      "Refund: campaign " + batch_id_text(steer.campaign_id) + why + " before all of it left";
  add_ledger({steer.account_id, steer.environment}, *admitted.decision.ledger,
             {std::nullopt, steer.campaign_id, description, kNoRateText}, set);
}

constexpr Table kCampaigns{
    WritePlace::kCampaigns,
    sql::journal_update_campaigns,
    {kInt8, kUuid, kInt2, kText, kInt4, kInt8, kInt8, kInt4, kTimestamptz, kTimestamptz}};

void write_campaigns(const Known& known, WriteSet& set) {
  for (const auto& [key, campaign] : known.campaigns) {
    if (!campaign.changed) continue;
    set.row(kCampaigns, key.first, key.second, static_cast<int16_t>(campaign.status),
            std::string_view(cursors_text(campaign.cursors)), campaign.made, campaign.made_micros,
            campaign.refunded_micros, campaign.drip_rate, campaign.scheduled_at, campaign.next_due);
  }
}

}  // namespace dundun
