#include "common/journal/campaign_admission.h"

namespace dundun {
namespace {

using Outcome = CommitResult::Outcome;

Decision committed(const Uuid& batch_id, const CampaignState& campaign, Micros balance_micros) {
  Decision decision = refuse(Outcome::kCommitted, batch_id);
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
  return campaign;
}

Decision decide_accept_campaign(const AcceptCampaign& accept, Known& known) {
  const MessageKey key{accept.account_id, accept.batch_id};
  if (auto done = known.committed_charges.find(key); done != known.committed_charges.end()) {
    Decision decision =
        committed(accept.batch_id, accepted_state(accept), done->second.balance_after_micros);
    decision.apply = false;
    return decision;
  }
  auto wallet = known.wallets.find({accept.account_id, accept.environment});
  if (wallet == known.wallets.end()) return refuse(Outcome::kNotFound, accept.batch_id);
  if (auto seen = answer_of_key(accept.account_id, accept.idempotency, known)) return *seen;
  if (wallet->second.balance_micros < accept.cost_micros) {
    Decision decision = refuse(Outcome::kInsufficientBalance, accept.batch_id);
    decision.result.balance_micros = wallet->second.balance_micros;
    return decision;
  }
  const LedgerLine line = post(wallet->second, LedgerLine::Type::kCharge, -accept.cost_micros);
  Decision decision =
      committed(accept.batch_id, accepted_state(accept), wallet->second.balance_micros);
  decision.ledger = line;
  if (accept.idempotency) {
    AnswerState& answer = known.answers[{accept.account_id, accept.idempotency->key_hash}];
    answer.request_hash = accept.idempotency->request_hash;
    answer.message_id = accept.batch_id;
    answer.balance_after_micros = decision.result.balance_micros;
  }
  return decision;
}

CampaignStatus running_status(const CampaignState& campaign) {
  return campaign.drip_rate ? CampaignStatus::kDripping : CampaignStatus::kSending;
}

Decision decide_expand(const ExpandCampaign& expand, Known& known) {
  auto found = known.campaigns.find({expand.account_id, expand.batch_id});
  if (found == known.campaigns.end()) return refuse(Outcome::kNotFound, expand.batch_id);
  CampaignState& campaign = found->second;
  if (!is_running(campaign.status) || campaign.cursor != expand.from) {
    Decision decision = refuse(Outcome::kNotAllowed, expand.batch_id);
    decision.result.campaign = campaign;
    return decision;
  }
  campaign.cursor = expand.to;
  campaign.made += static_cast<int32_t>(expand.messages.size());
  for (const AcceptMessage& message : expand.messages) campaign.made_micros += message.cost_micros;
  campaign.next_due = expand.next_due;
  campaign.status = expand.finished ? CampaignStatus::kCompleted : running_status(campaign);
  campaign.changed = true;
  return committed(expand.batch_id, campaign, 0);
}

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

Decision decide_steer(const SteerCampaign& steer, Known& known) {
  auto found = known.campaigns.find({steer.account_id, steer.batch_id});
  auto wallet = known.wallets.find({steer.account_id, steer.environment});
  if (found == known.campaigns.end() || wallet == known.wallets.end() ||
      found->second.environment != steer.environment) {
    return refuse(Outcome::kNotFound, steer.batch_id);
  }
  CampaignState& campaign = found->second;
  if (!may_step(steer, campaign)) {
    Decision decision = refuse(Outcome::kNotAllowed, steer.batch_id);
    decision.result.campaign = campaign;
    return decision;
  }
  const std::optional<LedgerLine> line = step(steer, campaign, wallet->second);
  campaign.changed = true;
  Decision decision = committed(steer.batch_id, campaign, wallet->second.balance_micros);
  decision.ledger = line;
  return decision;
}

}  // namespace

Decision decide_campaign(const Change& change, Known& known) {
  if (const auto* accept = std::get_if<AcceptCampaign>(&change)) {
    return decide_accept_campaign(*accept, known);
  }
  if (const auto* expand = std::get_if<ExpandCampaign>(&change)) {
    return decide_expand(*expand, known);
  }
  return decide_steer(std::get<SteerCampaign>(change), known);
}

}  // namespace dundun
