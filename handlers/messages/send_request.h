// The body of POST /messages/send, checked and decided: who, what, over which route, at what price.
#pragma once

#include <optional>
#include <string>

#include "common/base/time.h"
#include "common/io/json.h"
#include "common/sms/msisdn.h"
#include "common/sms/quote.h"
#include "common/web/caller.h"
#include "common/web/delivery_times.h"
#include "common/web/snapshot.h"

namespace dundun {

struct SendRequest {
  Msisdn to;
  std::string text;
  std::optional<std::string> sender;
  std::optional<std::string> route;
  std::optional<Instant> scheduled_at;  // UTC; none: now
  std::optional<Instant> not_after;     // expires and is refunded then
  std::optional<WindowRequest> window;
};

// api.md 2.1. Errors name the field; scheduled_at must lie 5 minutes to 7 days ahead of `at`.
Result<SendRequest> parse_send_request(std::string_view body, Instant at);

struct SendPlan {
  const Route* route;
  std::string sender;
  Quote quote;
  std::string fx_note;  // the two rates used, for the statement
};

// scheduled_at of a single message: 5 minutes to 7 days after `at` (api.md decision 7).
Result<Instant> parse_scheduled_at(const std::string& text, Instant at);

// Route, sender and price from the snapshot. Moves no money.
Result<SendPlan> plan_send(const SendRequest& request, const Caller& caller,
                           const Snapshot& snapshot);

}  // namespace dundun
