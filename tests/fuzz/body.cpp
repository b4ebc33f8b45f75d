// Bodies of a send and of a campaign, of arbitrary bytes: what is taken keeps the limits.
#include <cstdint>
#include <cstdlib>

#include "handlers/bulk/campaign_request.h"
#include "handlers/messages/send_request.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using std::chrono::hours;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const dundun::Instant at(std::chrono::seconds(1'790'000'000));
  const auto send = dundun::parse_send_request(body, at);
  if (send && send->scheduled_at && *send->scheduled_at > at + hours(7 * 24)) std::abort();
  const auto campaign = dundun::parse_campaign_request(body, at);
  if (!campaign) return 0;
  if (campaign->list_ids.size() > dundun::kListsMax) std::abort();
  if (campaign->recipients.size() > dundun::kRecipientsMax) std::abort();
  if (campaign->list_ids.empty() && campaign->recipients.empty()) std::abort();
  if (campaign->drip_rate && (*campaign->drip_rate < 1 || *campaign->drip_rate > 600)) std::abort();
  return 0;
}
