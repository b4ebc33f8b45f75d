// What a call over HTTP means for a submit: answered, failed, or not made.
#pragma once

#include <chrono>
#include <string>

#include "common/carrier/connector.h"
#include "common/io/http_poster.h"

namespace dundun {

// How long a message waits for its turn at a carrier. Together with the call it must be shorter
// than the claim's lease.
inline constexpr std::chrono::milliseconds kSubmitStartWithin{8'000};

SubmitOutcome outcome_of(SubmitOutcome::Kind kind, std::string code, std::string message);

// For a carrier that asks to wait: 1 s after the first attempt, then twice as long each time, at
// most 60 s.
SubmitOutcome try_later(int attempt, std::string message);

// For a call that was not made. If there was no connection, the carrier is down. If there was no
// turn, it is only slow, and this does not count as an attempt.
SubmitOutcome not_submitted(const HttpOutcome& http, int attempt);

// How many minutes a carrier may try to deliver the message: until its not_after, and `most` at
// most (0: no other limit). One at least; 0: there is no limit.
int validity_min(const Submission& submission, int most, Instant at);

// The call may have reached the carrier.
SubmitOutcome submit_in_doubt(std::string why);

}  // namespace dundun
