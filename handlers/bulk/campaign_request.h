// The body of POST /messages/send-bulk and bulk-precheck, checked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/time.h"
#include "common/io/json.h"
#include "common/sending/delivery_times.h"

namespace dundun {

inline constexpr size_t kListsMax = 100;
inline constexpr size_t kRecipientsMax = 10'000;

struct InlineRecipient {
  std::string to;  // as given
  std::string name;
  std::vector<std::pair<std::string, std::string>> vars;
};

struct CampaignRequest {
  std::vector<int64_t> list_ids;  // each once, in the order given
  std::vector<InlineRecipient> recipients;
  std::optional<std::string> name;
  std::string text;
  std::optional<std::string> sender;
  std::optional<std::string> route;
  std::optional<Instant> scheduled_at;
  std::optional<int32_t> drip_rate;  // messages a minute
  std::optional<WindowRequest> window;
  std::optional<Instant> not_after;
  std::optional<std::string> quote_id;
};

// Errors name the field. scheduled_at must lie 5 minutes to 90 days ahead of `at`, drip_rate be 1
// to 600.
Result<CampaignRequest> parse_campaign_request(std::string_view body, Instant at);

// A campaign's scheduled_at alone.
Result<Instant> parse_campaign_time(const std::string& text, Instant at);
Result<int32_t> parse_drip_rate(std::optional<int64_t> rate);

}  // namespace dundun
