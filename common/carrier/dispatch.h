// What a carrier's answer does to a message. Pure; the same for an inline submit and a scheduler's.
#pragma once

#include <optional>

#include "common/base/config.h"
#include "common/carrier/connector.h"

namespace dundun {

// After this many deferrals by the carrier ("later") the submit counts as failed.
inline constexpr int kSubmitAttemptsMax = 10;

// nullopt for an unknown outcome: nothing is recorded, the claim's lease ends and recovery decides.
// A failure that may pass is tried again after each of retry_delays; after the last it is final.
std::optional<AdvanceMessage> record_outcome(const Submission& submission,
                                             const SubmitOutcome& outcome, Instant at,
                                             const RetryDelays& retry_delays);

// The last moment of a message passed before it left: expired and refunded.
AdvanceMessage too_late(const Submission& submission);

// Claimed outside its delivery window: it waits until this opens.
AdvanceMessage wait_for_window(const Submission& submission, Instant opens);

// The recipient opted out after it was accepted: failed and refunded.
AdvanceMessage recipient_opted_out(const Submission& submission);

// Nobody will ever know whether it left: failed with SUBMIT_UNKNOWN and refunded.
AdvanceMessage submit_unknown(const Submission& submission);

// Its carrier certainly did not take it, and `to` is asked next: to be committed before. The
// event's key names both (rerouted:<attempt>:<from>:<to>), for recovery and for those who may see
// them.
AdvanceMessage rerouted(const Submission& submission, const std::string& to,
                        const std::string& why);

}  // namespace dundun
