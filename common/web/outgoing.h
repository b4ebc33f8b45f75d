// The steps of a send, the same for every endpoint that sends: the request, the plan, the change
// for the journal, the submit, and the record of the carrier's answer.
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
  std::optional<Instant> not_after;     // after it the message expires and is refunded
  std::optional<WindowRequest> window;
};

struct SendPlan {
  const Route* route;
  std::string sender;
  Quote quote;
  std::string fx_note;  // the two rates used, for the ledger
};

// Chooses route, sender and price from the snapshot. Moves no money.
Result<SendPlan> plan_send(const SendRequest& request, const Caller& caller,
                           const Snapshot& snapshot);

AcceptMessage accept_message(const SendRequest& request, const SendPlan& plan,
                             const Context& context);

// With a window: finds when the message may leave, by the clocks of its zone. A message that has to
// wait becomes a scheduled one. kInvalidSchedule for an unknown zone, or if the window opens after
// not_after.
Status apply_window(const SendRequest& request, const Context& context, AcceptMessage& accept);

// `result` belongs to the accepted message.
Submission submission_of(const AcceptMessage& accept, const CommitResult& result);

// Records an outcome that comes after the client got its answer.
std::function<void(SubmitOutcome)> record_late(Journal& journal, const Submission& submission,
                                               const RetryDelays& delays);

// Submits an accepted message, if this process owns it, and records the outcome later.
void submit_unwatched(const Context& context, const AcceptMessage& accept,
                      const CommitResult& result);

}  // namespace dundun
