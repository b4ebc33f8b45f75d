#include "common/carrier/submit_outcome.h"

#include <algorithm>
#include <limits>

namespace dundun {
namespace {

using std::chrono::milliseconds;
using Kind = SubmitOutcome::Kind;

constexpr milliseconds kLaterFirst{1000};
constexpr milliseconds kLaterMax{60'000};
constexpr milliseconds kNoTurnWait{1000};

}  // namespace

SubmitOutcome outcome_of(Kind kind, std::string code, std::string message) {
  SubmitOutcome outcome;
  outcome.kind = kind;
  outcome.error_code = std::move(code);
  outcome.error_message = std::move(message);
  return outcome;
}

SubmitOutcome try_later(int attempt, std::string message) {
  SubmitOutcome outcome = outcome_of(Kind::kRetryLater, "THROTTLED", std::move(message));
  const int doublings = std::clamp(attempt - 1, 0, 6);
  outcome.retry_after = std::min(kLaterFirst * (1 << doublings), kLaterMax);
  return outcome;
}

SubmitOutcome not_submitted(const HttpOutcome& http, int attempt) {
  if (!http.no_turn) {
    SubmitOutcome unreached = try_later(attempt, "The carrier cannot be reached.");
    unreached.carrier_trouble = true;
    return unreached;
  }
  SubmitOutcome outcome = outcome_of(Kind::kPaced, "THROTTLED", "The carrier is at its limit.");
  outcome.retry_after = kNoTurnWait;
  return outcome;
}

int validity_min(const Submission& submission, int most, Instant at) {
  if (!submission.not_after) return most;
  const auto left = std::chrono::floor<std::chrono::minutes>(*submission.not_after - at).count();
  const int64_t limit = most > 0 ? most : std::numeric_limits<int32_t>::max();
  return static_cast<int>(std::clamp<int64_t>(left, 1, limit));
}

SubmitOutcome submit_in_doubt(std::string why) {
  return outcome_of(Kind::kUnknown, "SUBMIT_UNKNOWN", std::move(why));
}

}  // namespace dundun
