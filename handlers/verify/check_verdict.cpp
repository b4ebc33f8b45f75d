#include "handlers/verify/check_verdict.h"

namespace dundun {

CheckVerdict judge_attempt(const CheckState& state, Typed typed) {
  if (state.status != VerifyStatus::kPending || state.expired) {
    return {.status = state.status};
  }
  const int left = state.attempts_max - state.attempts - 1;
  if (typed == Typed::kNone) return {false, VerifyStatus::kPending, left + 1};
  if (left >= 0 && typed == Typed::kRight) return {true, VerifyStatus::kApproved, left};
  if (left > 0) return {true, VerifyStatus::kPending, left};
  return {true, VerifyStatus::kFailed, 0};
}

}  // namespace dundun
