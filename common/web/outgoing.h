// A message on its way out, the same for every endpoint that sends one: what is asked for, the
// decision, the message as the journal takes it, its submit, and the record of what the carrier
// said.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "common/base/time.h"
#include "common/carrier/dispatch.h"
#include "common/journal/change.h"
#include "common/sms/msisdn.h"
#include "common/sms/quote.h"
#include "common/web/caller.h"
#include "common/web/delivery_times.h"
#include "common/web/refusal.h"
#include "common/web/route.h"
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

struct SendPlan {
  const Route* route;
  std::string sender;
  Quote quote;
  std::string fx_note;  // the two rates used, for the statement
};

// Route, sender and price from the snapshot. Moves no money.
Result<SendPlan> plan_send(const SendRequest& request, const Caller& caller,
                           const Snapshot& snapshot);

AcceptMessage accept_message(const SendRequest& request, const SendPlan& plan,
                             const Context& context);

// With a window: when it may leave, by the clocks of its zone; a message that must wait for that is
// a scheduled one. kInvalidSchedule for an unknown zone or a window that opens after not_after.
Status apply_window(const SendRequest& request, const Context& context, AcceptMessage& accept);

// `receipt` is that of the accepted message.
Submission submission_of(const AcceptMessage& accept, const Receipt& receipt);

// Records an outcome that nobody waits for any more.
std::function<void(SubmitOutcome)> record_late(Journal& journal, const Submission& submission,
                                               const RetryDelays& delays);

// Asks the carrier for an accepted message, if it is ours to submit; nobody waits for what it says.
void submit_unwatched(const Context& context, const AcceptMessage& accept, const Receipt& receipt);

}  // namespace dundun
