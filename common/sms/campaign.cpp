#include "common/sms/campaign.h"

#include <charconv>
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

std::string cursors_text(const CampaignCursors& cursors) {
  std::string text;
  for (const CampaignCursor& cursor : cursors) {
    if (!text.empty()) text += ',';
    text += std::to_string(cursor.list_position) + ":" + std::to_string(cursor.contact_id);
  }
  return text;
}

CampaignCursors parse_cursors(std::string_view text) {
  CampaignCursors cursors;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    CampaignCursor& cursor = cursors.emplace_back();
    at = std::from_chars(at, end, cursor.list_position).ptr;
    if (at < end) at = std::from_chars(at + 1, end, cursor.contact_id).ptr;
    if (at < end) ++at;
  }
  return cursors;
}

}  // namespace dundun
