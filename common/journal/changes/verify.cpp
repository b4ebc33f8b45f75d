#include "common/journal/changes/verify.h"

#include <algorithm>

#include "common/journal/reads.h"
#include "common/journal/write_set.h"
#include "sql/verify.h"

namespace dundun {

using enum PgArray::Type;

void want_code(const AcceptMessage& accept, Reads& reads) {
  const VerifyCode& code = *accept.code;
  for (const VerifyQuota& quota : code.quotas) {
    reads.verify_counters.want(
        {accept.account_id, accept.environment, quota.kind, quota.subject, quota.window.count()});
  }
  if (code.step == VerifyCode::Step::kResend) {
    reads.verifications.want({accept.account_id, code.verification_id});
  }
}

namespace {

constexpr PgArray::Type kCounterKey[] = {kInt8, kInt2, kInt2, kText, kInt8};
constexpr PgArray::Type kVerificationKey[] = {kInt8, kUuid};

void take_counter(const PgRows& rows, int n, std::map<VerifyCounterKey, VerifyCounter>& counters) {
  constexpr auto& col = sql::journal_read_verify_counters;
  VerifyCounter& counter =
      counters[{rows.i64(n, col.account_id), Environment(rows.i16(n, col.environment)),
                VerifyQuota::Kind(rows.i16(n, col.kind)), std::string(rows.text(n, col.subject))}];
  counter.starts_at = rows.instant(n, col.starts_at);
  counter.elapsed = std::chrono::milliseconds(rows.i64(n, col.window_age_ms));
  counter.current = rows.i64(n, col.count);
  counter.previous = rows.i64(n, col.count_before);
}

void take_verification(const PgRows& rows, int n,
                       std::map<MessageKey, VerificationState>& verifications) {
  constexpr auto& col = sql::journal_lock_verifications;
  VerificationState& state =
      verifications[{rows.i64(n, col.account_id), rows.uuid(n, col.verification_id)}];
  state.status = VerifyStatus(rows.i16(n, col.status));
  state.expired = rows.boolean(n, col.is_expired);
  state.sends = rows.i16(n, col.sends);
  state.since_send = std::chrono::milliseconds(rows.i64(n, col.sent_ago_ms));
}

}  // namespace

constinit const ReadRule<CounterRef, decltype(Known::verify_counters)> kCounterRead{
    &sql::journal_read_verify_counters, kCounterKey, in_key_order, &Known::verify_counters,
    take_counter};
constinit const ReadRule<MessageKey, decltype(Known::verifications)> kVerificationRead{
    &sql::journal_lock_verifications, kVerificationKey, in_id_order, &Known::verifications,
    take_verification};

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

void add_code(const AcceptMessage& a, WriteSet& set) {
  const VerifyCode& code = *a.code;
  if (code.step == VerifyCode::Step::kResend) {
    set.add({&sql::journal_resend_verification,
             {PgParam(a.account_id), PgParam(code.verification_id), PgParam(code.salt),
              PgParam(code.code_hash), PgParam(code.expires_at)}});
    return;
  }
  set.add({&sql::journal_insert_verification,
           {PgParam(a.account_id), PgParam(code.verification_id), PgParam(a.environment),
            PgParam(code.app_id), PgParam(a.phone), PgParam(a.country), PgParam(code.sender),
            PgParam(code.text_template), PgParam(code.code_length),
            PgParam(static_cast<int32_t>(code.expiry.count())), PgParam(code.salt),
            PgParam(code.code_hash), PgParam(code.attempts_max), PgParam(code.expires_at)}});
}

void write_verify_counters(const Known& known, WriteSet& set) {
  constexpr PgArray::Type kTypes[] = {kInt8, kInt2, kInt2, kText, kTimestamptz, kInt8};
  Columns columns(sql::journal_add_verify_counts, kTypes);
  bool any = false;
  for (const auto& [key, counter] : known.verify_counters) {
    if (counter.added == 0) continue;
    const auto& [account_id, environment, kind, subject] = key;
    columns.row(account_id, environment, static_cast<int16_t>(kind), std::string_view(subject),
                counter.starts_at, counter.added);
    any = true;
  }
  if (any) set.add(columns.call());
}

}  // namespace dundun
