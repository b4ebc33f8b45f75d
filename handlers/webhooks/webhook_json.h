// The account's webhook settings as JSON, and the names of events.
#pragma once

#include <optional>
#include <string_view>

#include "common/io/json.h"
#include "common/webhooks/endpoints.h"

namespace dundun {

// "message.delivered" … as the bit of webhook_endpoints.events; nullopt for any other word.
std::optional<int32_t> parse_event(std::string_view name);

// The members of GET /webhooks and ours behind them, into an open object.
void write_webhooks(JsonWriter& json, const AccountWebhooks& webhooks);

}  // namespace dundun
