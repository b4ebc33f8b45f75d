// What a new send and a retry have in common: the message as the journal takes it, its submit, and
// the record of what the carrier said.
#pragma once

#include <functional>

#include "common/carrier/dispatch.h"
#include "common/web/refusal.h"
#include "common/web/route.h"
#include "handlers/messages/send_request.h"

namespace dundun {

AcceptMessage accept_message(const SendRequest& request, const SendPlan& plan,
                             const Context& context);

// With a window: when it may leave, by the clocks of its zone; a message that must wait for that is
// a scheduled one. kInvalidSchedule for an unknown zone or a window that opens after not_after.
Status apply_window(const SendRequest& request, const Context& context, AcceptMessage& accept);

// `receipt` is that of the accepted message, `route` the one it was accepted for.
Submission submission_of(const AcceptMessage& accept, const Route& route, const Receipt& receipt);

// Records an outcome that nobody waits for any more.
std::function<void(SubmitOutcome)> record_late(Journal& journal, const Submission& submission,
                                               const RetryDelays& delays);

}  // namespace dundun
