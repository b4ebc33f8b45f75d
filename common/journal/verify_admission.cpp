#include "common/journal/verify_admission.h"

#include <algorithm>

#include "common/journal/campaign_admission.h"

namespace dundun {
namespace {

using Reason = VerifyRefusal::Reason;
using std::chrono::seconds;

Decision refuse_for(const VerifyCode& code, VerifyRefusal refusal) {
  Decision decision = refuse(CommitResult::Outcome::kCodeRefused, code.verification_id);
  decision.result.code_refusal = refusal;
  return decision;
}

// Codes in the window that ends now, rounded up.
int64_t sent_within(const VerifyCounter& counter, const VerifyQuota& quota) {
  const int64_t window_ms = std::chrono::milliseconds(quota.window).count();
  const int64_t in_sight_ms = std::max<int64_t>(window_ms - counter.elapsed.count(), 0);
  return counter.current + (counter.previous * in_sight_ms + window_ms - 1) / window_ms;
}

// A number that has had a code in the window is not another number of its range.
bool counts(const VerifyQuota& quota, bool number_is_new) {
  return quota.kind != VerifyQuota::Kind::kBlock || number_is_new;
}

bool number_is_new(const AcceptMessage& accept, const Known& known) {
  for (const VerifyQuota& quota : accept.code->quotas) {
    if (quota.kind != VerifyQuota::Kind::kNumber) continue;
    const VerifyCounter& counter = known.verify_counters.at(counter_key(accept, quota));
    return counter.current + counter.previous == 0;
  }
  return true;
}

std::optional<VerifyRefusal> refuse_resend(const AcceptMessage& accept,
                                           const VerificationState& state) {
  if (state.status != VerifyStatus::kPending) return VerifyRefusal{.reason = Reason::kNotPending};
  if (state.expired) return VerifyRefusal{.reason = Reason::kExpired};
  if (state.sends >= accept.code->sends_max) return VerifyRefusal{.reason = Reason::kTooManySends};
  if (state.since_send >= accept.code->pause) return std::nullopt;
  const auto left = std::chrono::ceil<seconds>(accept.code->pause - state.since_send);
  return VerifyRefusal{.reason = Reason::kTooSoon, .retry_after = left};
}

}  // namespace

VerifyCounterKey counter_key(const AcceptMessage& accept, const VerifyQuota& quota) {
  return {accept.account_id, accept.environment, quota.kind, quota.subject};
}

std::optional<Decision> refuse_code(const AcceptMessage& accept, const Known& known) {
  if (!accept.code) return std::nullopt;
  const VerifyCode& code = *accept.code;
  if (code.step == VerifyCode::Step::kResend) {
    auto found = known.verifications.find({accept.account_id, code.verification_id});
    if (found == known.verifications.end()) {
      return refuse(CommitResult::Outcome::kNotFound, code.verification_id);
    }
    if (auto refusal = refuse_resend(accept, found->second)) return refuse_for(code, *refusal);
  }
  const bool is_new = number_is_new(accept, known);
  for (const VerifyQuota& quota : code.quotas) {
    if (!counts(quota, is_new)) continue;
    const VerifyCounter& counter = known.verify_counters.at(counter_key(accept, quota));
    if (sent_within(counter, quota) < quota.most) continue;
    const auto left = quota.window - std::chrono::floor<seconds>(counter.elapsed);
    return refuse_for(
        code,
        {.reason = Reason::kQuota, .quota = quota.kind, .retry_after = std::max(left, seconds(1))});
  }
  return std::nullopt;
}

void admit_code(const AcceptMessage& accept, Known& known) {
  if (!accept.code) return;
  const bool is_new = number_is_new(accept, known);
  for (const VerifyQuota& quota : accept.code->quotas) {
    if (!counts(quota, is_new)) continue;
    VerifyCounter& counter = known.verify_counters.at(counter_key(accept, quota));
    ++counter.current;
    ++counter.added;
  }
  VerificationState& state = known.verifications[{accept.account_id, accept.code->verification_id}];
  ++state.sends;
  state.since_send = std::chrono::milliseconds(0);
}

}  // namespace dundun
