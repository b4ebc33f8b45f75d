// What a carrier's answer does to a message. Pure. The same for a handler's submit and a
// scheduler's.
#pragma once

#include <optional>

#include "common/base/config.h"
#include "common/carrier/connector.h"

namespace dundun {

// The accepted message on its way out; without its claim.
Submission submission_of(const AcceptMessage& message);
// With the claim and the status that its commit gave.
Submission submission_of(const AcceptMessage& message, const CommitResult& accepted);

// After this many deferrals by the carrier ("later") the submit counts as failed.
inline constexpr int kSubmitAttemptsMax = 10;

// nullopt for an unknown outcome: nothing is recorded; the claim's lease ends, and recovery
// decides. A failure that may pass is tried again after each of retry_delays; after the last it is
// final.
std::optional<AdvanceMessage> record_outcome(const Submission& submission,
                                             const SubmitOutcome& outcome, Instant at,
                                             const RetryDelays& retry_delays);

// The message's last moment passed before it left: it expires and is refunded.
AdvanceMessage too_late(const Submission& submission);

// The message was claimed outside its delivery window: it waits until the window opens.
AdvanceMessage wait_for_window(const Submission& submission, Instant opens);

// The recipient opted out after the message was accepted: it fails and is refunded.
AdvanceMessage recipient_opted_out(const Submission& submission);

// The account was closed after the message was accepted: it fails and is refunded.
AdvanceMessage account_closed(const Submission& submission);

// The approval of its sender name was taken back: it fails and is refunded.
AdvanceMessage sender_not_approved(const Submission& submission);

// Its route was switched off: it fails and is refunded.
AdvanceMessage route_not_active(const Submission& submission);

// The account is suspended: the message waits until it is resumed or closed (release_held).
AdvanceMessage hold(const Submission& submission);

// It cannot be found out whether the message left: it fails with SUBMIT_UNKNOWN and is refunded.
AdvanceMessage submit_unknown(const Submission& submission);

// The carrier certainly did not take the message, and `to` is asked next. Commit this before `to`
// is asked. The event's key names both carriers (rerouted:<attempt>:<from>:<to>), for recovery and
// for operators.
AdvanceMessage rerouted(const Submission& submission, const std::string& to,
                        const std::string& why);

}  // namespace dundun
