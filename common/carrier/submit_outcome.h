// What connectors over HTTP make of a call that went well, badly or not at all.
#pragma once

#include <chrono>
#include <string>

#include "common/carrier/connector.h"
#include "common/io/http_poster.h"

namespace dundun {

// A message waits so long for its turn at a carrier; with the call itself it must stay within
// the claim's lease.
inline constexpr std::chrono::milliseconds kSubmitStartWithin{8'000};

SubmitOutcome outcome_of(SubmitOutcome::Kind kind, std::string code, std::string message);

// The carrier asks to wait: 1 s after the first attempt, then twice as long each time, up to 60 s.
SubmitOutcome try_later(int attempt, std::string message);

// Of a call that was not made. Without a connection the carrier is down; without a turn it is only
// slow, which does not count as an attempt.
SubmitOutcome not_submitted(const HttpOutcome& http, int attempt);

// The call may have reached the carrier.
SubmitOutcome submit_in_doubt(std::string why);

}  // namespace dundun
