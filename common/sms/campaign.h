// The states of a campaign. `dripping` and `sending` exist for campaigns only.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace dundun {

enum class CampaignStatus : int16_t {
  kScheduled = 1,
  kSending = 2,
  kDripping = 3,
  kPaused = 4,
  kCompleted = 5,  // every message is made; each goes on in its own state
  kCancelled = 6,
  kExpired = 7,  // its not_after passed before its last message was made
};

inline constexpr int16_t kCampaignStatusMax = 7;

std::string_view campaign_status_name(CampaignStatus status);
std::optional<CampaignStatus> parse_campaign_status(std::string_view name);

inline bool is_running(CampaignStatus status) {
  return status == CampaignStatus::kScheduled || status == CampaignStatus::kSending ||
         status == CampaignStatus::kDripping;
}

}  // namespace dundun
