// What a batch reads and writes for its one-time codes.
#include "common/journal/verify_admission.h"
#include "common/journal/write_set.h"
#include "sql/verify.h"

namespace dundun {
namespace {

using enum PgArray::Type;

const VerifyCode* code_of(const Entry& entry) {
  const auto* accept = std::get_if<AcceptMessage>(&entry.change);
  return accept != nullptr && accept->code ? &*accept->code : nullptr;
}

std::chrono::seconds window_of(std::span<const Entry> entries, const VerifyCounterKey& key) {
  for (const Entry& entry : entries) {
    if (code_of(entry) == nullptr) continue;
    const auto& accept = std::get<AcceptMessage>(entry.change);
    for (const VerifyQuota& quota : accept.code->quotas) {
      if (counter_key(accept, quota) == key) return quota.window;
    }
  }
  return std::chrono::seconds(1);
}

Pg::Call read_counters(std::span<const Entry> entries, const std::set<VerifyCounterKey>& keys) {
  PgArray accounts(kInt8), environments(kInt2), kinds(kInt2), subjects(kText), windows(kInt8);
  for (const VerifyCounterKey& key : keys) {
    const auto& [account_id, environment, kind, subject] = key;
    accounts.add(account_id);
    environments.add(static_cast<int16_t>(environment));
    kinds.add(static_cast<int16_t>(kind));
    subjects.add(std::string_view(subject));
    windows.add(static_cast<int64_t>(window_of(entries, key).count()));
  }
  return {&sql::journal_read_verify_counters,
          {accounts.finish(), environments.finish(), kinds.finish(), subjects.finish(),
           windows.finish()}};
}

}  // namespace

// These reads come after the wallets are locked, so other batches with codes of the account wait.
void Batch::add_code_reads(std::vector<Pg::Call>& calls) const {
  std::set<VerifyCounterKey> counters;
  std::set<std::pair<Uuid, int64_t>> verifications;
  for (const Entry& entry : entries_) {
    const VerifyCode* code = code_of(entry);
    if (code == nullptr) continue;
    const auto& accept = std::get<AcceptMessage>(entry.change);
    for (const VerifyQuota& quota : code->quotas) counters.insert(counter_key(accept, quota));
    if (code->step != VerifyCode::Step::kResend) continue;
    verifications.insert({code->verification_id, accept.account_id});
  }
  if (!counters.empty()) calls.push_back(read_counters(entries_, counters));
  if (verifications.empty()) return;
  PgArray accounts(kInt8), ids(kUuid);
  for (const auto& [id, account_id] : verifications) {
    accounts.add(account_id);
    ids.add(id);
  }
  calls.push_back({&sql::journal_lock_verifications, {accounts.finish(), ids.finish()}});
}

void Batch::absorb_codes(const Statement* statement, const PgRows& rows) {
  if (statement == &sql::journal_read_verify_counters) {
    for (int n = 0; n < rows.size(); ++n) {
      VerifyCounter& counter =
          known_.verify_counters[{rows.i64(n, 0), Environment(rows.i16(n, 1)),
                                  VerifyQuota::Kind(rows.i16(n, 2)), std::string(rows.text(n, 3))}];
      counter.starts_at = rows.instant(n, 4);
      counter.elapsed = std::chrono::milliseconds(rows.i64(n, 5));
      counter.current = rows.i64(n, 6);
      counter.previous = rows.i64(n, 7);
    }
  }
  if (statement != &sql::journal_lock_verifications) return;
  for (int n = 0; n < rows.size(); ++n) {
    VerificationState& state = known_.verifications[{rows.i64(n, 0), rows.uuid(n, 1)}];
    state.status = VerifyStatus(rows.i16(n, 2));
    state.expired = rows.boolean(n, 3);
    state.sends = rows.i16(n, 4);
    state.since_send = std::chrono::milliseconds(rows.i64(n, 5));
  }
}

void WriteSet::add_code(const AcceptMessage& a) {
  const VerifyCode& code = *a.code;
  if (code.step == VerifyCode::Step::kResend) {
    others_.push_back({&sql::journal_resend_verification,
                       {PgParam(a.account_id), PgParam(code.verification_id), PgParam(code.salt),
                        PgParam(code.code_hash), PgParam(code.expires_at)}});
    return;
  }
  others_.push_back(
      {&sql::journal_insert_verification,
       {PgParam(a.account_id), PgParam(code.verification_id),
        PgParam(static_cast<int16_t>(a.environment)), PgParam(code.app_id), PgParam(a.phone),
        PgParam(a.country), PgParam(code.sender), PgParam(code.text_template),
        PgParam(code.code_length), PgParam(static_cast<int32_t>(code.expiry.count())),
        PgParam(code.salt), PgParam(code.code_hash), PgParam(code.attempts_max),
        PgParam(code.expires_at)}});
}

void WriteSet::add_verify_counters(const Known& known) {
  PgArray accounts(kInt8), environments(kInt2), kinds(kInt2), subjects(kText), starts(kTimestamptz),
      counts(kInt8);
  for (const auto& [key, counter] : known.verify_counters) {
    if (counter.added == 0) continue;
    const auto& [account_id, environment, kind, subject] = key;
    accounts.add(account_id);
    environments.add(static_cast<int16_t>(environment));
    kinds.add(static_cast<int16_t>(kind));
    subjects.add(std::string_view(subject));
    starts.add(counter.starts_at);
    counts.add(counter.added);
  }
  if (accounts.size() == 0) return;
  others_.push_back({&sql::journal_add_verify_counts,
                     {accounts.finish(), environments.finish(), kinds.finish(), subjects.finish(),
                      starts.finish(), counts.finish()}});
}

}  // namespace dundun
