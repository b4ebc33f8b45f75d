#include "common/sms/campaign.h"

#include <utility>

namespace dundun {
namespace {

using enum CampaignStatus;

constexpr std::pair<CampaignStatus, std::string_view> kNames[] = {
    {kScheduled, "scheduled"}, {kSending, "sending"},     {kDripping, "dripping"},
    {kPaused, "paused"},       {kCompleted, "completed"}, {kCancelled, "cancelled"},
    {kExpired, "expired"},
};

}  // namespace

std::string_view campaign_status_name(CampaignStatus status) {
  for (const auto& [state, name] : kNames) {
    if (state == status) return name;
  }
  return "unknown";
}

std::optional<CampaignStatus> parse_campaign_status(std::string_view name) {
  for (const auto& [state, text] : kNames) {
    if (text == name) return state;
  }
  return std::nullopt;
}

}  // namespace dundun
