// Whether a message that is accepted and paid may leave now. The one place that decides it, for
// whatever leaves: single messages at once and at their time, retries, and campaigns of each kind.
#pragma once

#include <optional>

#include "common/base/time.h"
#include "common/carrier/connector.h"
#include "common/sms/account.h"

namespace dundun {

// What a departure depends on, as it is at that moment and not when the message was accepted. The
// price is not among it: what was charged when it was accepted stays.
struct Departure {
  AccountStatus account = AccountStatus::kActive;
  bool route_active = true;
  bool sender_approved = true;  // or the route's own, which needs no approval
  bool opted_out = false;
  bool too_late = false;
  std::optional<Instant> window_opens;  // none: it is open, or there is none
};

// What happens to the message instead of leaving; nullopt: it may leave. It waits (its window is
// closed, the account is suspended), or it is over and refunded. A message that a carrier may have
// from an earlier submit is not known to have stayed: it is over as SUBMIT_UNKNOWN.
std::optional<AdvanceMessage> kept_back(const Submission& submission, const Departure& departure);

}  // namespace dundun
