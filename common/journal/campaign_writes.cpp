// The part of the write set that is about campaigns.
#include "common/journal/write_set.h"
#include "sql/journal.h"

namespace dundun {
namespace {

using enum PgArray::Type;

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
      {PgParam(a.account_id), PgParam(a.batch_id), lists.finish(), skipped.finish(),
       column(kText, routes, &CampaignRoute::country), column(kText, routes, &CampaignRoute::route),
       column(kText, routes, &CampaignRoute::sender),
       column(kText, routes, &CampaignRoute::currency),
       column(kInt8, routes, &CampaignRoute::price_micros),
       column(kInt8, routes, &CampaignRoute::rate), PgParam(a.plan.wallet_rate),
       column(kText, routes, &CampaignRoute::zone)}};
}

}  // namespace

void WriteSet::add(const AcceptCampaign& a, const Entry&, const Decision& decision, const Known&) {
  others_.push_back(
      {&sql::journal_insert_campaign,
       {PgParam(a.account_id), PgParam(a.batch_id), PgParam(static_cast<int16_t>(a.environment)),
        PgParam(static_cast<int16_t>(decision.result.campaign.status)), PgParam(a.body),
        PgParam(a.source), PgParam(a.total), PgParam(a.segments), PgParam(a.cost_micros),
        PgParam(a.cost_currency), PgParam(a.drip_rate), PgParam(a.scheduled_at),
        PgParam(a.window ? std::optional(a.window->opens) : std::nullopt),
        PgParam(a.window ? std::optional(a.window->closes) : std::nullopt),
        PgParam(a.window ? a.window->zone : std::nullopt), PgParam(a.not_after)}});
  others_.push_back(plan_call(a));
  add_ledger(a.account_id, a.environment, *decision.ledger,
             {std::nullopt, a.batch_id, a.description, kNoRateText});
  if (a.idempotency) {
    add_key(a.account_id, *a.idempotency, a.batch_id, decision.result.balance_micros, std::nullopt);
  }
}

void WriteSet::add(const ExpandCampaign& expand, const Entry&, const Decision&,
                   const Known& known) {
  for (const AcceptMessage& message : expand.messages) {
    add_row(message, MessageStatus::kQueued, known);
  }
}

void WriteSet::add(const SteerCampaign& steer, const Entry&, const Decision& decision,
                   const Known&) {
  if (!decision.ledger) return;
  const std::string why = steer.step == CampaignStep::kExpire ? " expired" : " cancelled";
  const std::string description =
      "Refund: campaign " + batch_id_text(steer.batch_id) + why + " before all of it left";
  add_ledger(steer.account_id, steer.environment, *decision.ledger,
             {std::nullopt, steer.batch_id, description, kNoRateText});
}

void WriteSet::add_campaigns(const Known& known) {
  for (const auto& [key, campaign] : known.campaigns) {
    if (!campaign.changed) continue;
    campaigns_.row(key.first, key.second, static_cast<int16_t>(campaign.status),
                   campaign.cursor.list_position, campaign.cursor.contact_id, campaign.made,
                   campaign.made_micros, campaign.refunded_micros, campaign.drip_rate,
                   campaign.scheduled_at, campaign.next_due);
  }
}

}  // namespace dundun
