#include "common/sms/campaign.h"

#include <utility>

namespace dundun {
namespace {

constexpr std::pair<CampaignStatus, std::string_view> kCampaignNames[] = {
    {CampaignStatus::kScheduled, "scheduled"}, {CampaignStatus::kSending, "sending"},
    {CampaignStatus::kDripping, "dripping"},   {CampaignStatus::kPaused, "paused"},
    {CampaignStatus::kCompleted, "completed"}, {CampaignStatus::kCancelled, "cancelled"},
    {CampaignStatus::kExpired, "expired"},
};

}  // namespace

std::string_view campaign_status_name(CampaignStatus status) {
  for (const auto& [state, name] : kCampaignNames) {
    if (state == status) return name;
  }
  return "unknown";
}

std::optional<CampaignStatus> parse_campaign_status(std::string_view name) {
  for (const auto& [state, text] : kCampaignNames) {
    if (text == name) return state;
  }
  return std::nullopt;
}

}  // namespace dundun
