// The states of a campaign. `dripping` and `sending` exist for campaigns only.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

// The last contact that was looked at for a lane. Each lane goes through the lists by itself.
struct CampaignCursor {
  int32_t list_position = 0;  // in the campaign's lists; as many as there are: the lane is done
  int64_t contact_id = 0;
  auto operator<=>(const CampaignCursor&) const = default;
};
// One for each lane, as text: "0:17,1:0".
using CampaignCursors = std::vector<CampaignCursor>;
std::string cursors_text(const CampaignCursors& cursors);
CampaignCursors parse_cursors(std::string_view text);

}  // namespace dundun
