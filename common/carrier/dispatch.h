// What a carrier's answer does to a message. Pure; the same for an inline submit and a scheduler's.
#pragma once

#include <optional>

#include "common/carrier/connector.h"

namespace dundun {

// A carrier that says "later" this often has said "no".
inline constexpr int kSubmitAttemptsMax = 10;

// nullopt for an unknown outcome: nothing is recorded, the claim's lease ends and recovery decides.
std::optional<AdvanceMessage> record_outcome(const Submission& submission,
                                             const SubmitOutcome& outcome, Instant at);

// Nobody will ever know whether it left: failed with SUBMIT_UNKNOWN and refunded.
AdvanceMessage submit_unknown(const Submission& submission);

}  // namespace dundun
