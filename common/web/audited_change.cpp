#include "common/web/audited_change.h"

#include <algorithm>

#include "common/identity/control.h"
#include "common/io/crypto.h"
#include "common/io/pg.h"
#include "common/web/idempotency.h"
#include "common/web/kept_answer.h"
#include "sql/audit.h"
#include "sql/keys.h"

namespace dundun {
namespace {

struct Actor {
  std::string_view kind;
  int64_t id;
  std::string name;
};

Actor actor_of(const Caller& caller) {
  if (caller.user_id != 0) return {"user", caller.user_id, caller.email};
  if (caller.key_id != 0) return {"api_key", caller.key_id, "key " + std::to_string(caller.key_id)};
  return {"operator", 0, caller.email};
}

// An answer may hold a secret that is shown once. It is kept for repeats under a key that only the
// client has: its Idempotency-Key.
std::string sealed_answer(const Context& context, const IdempotencyKey& key,
                          const std::string& body) {
  return to_base64(seal(answer_sealing_key(context.request), body, key.key_hash));
}

// Columns of answer_of_key. No row: another transaction has the key and has not ended.
Result<Response> answer_of_row(const Context& context, const PgRows& rows,
                               const IdempotencyKey& key) {
  constexpr auto& col = sql::answer_of_key;
  CommitResult result;
  result.outcome = CommitResult::Outcome::kInProgress;
  if (rows.size() == 1 && rows.text(0, col.request_hash) != key.request_hash) {
    result.outcome = CommitResult::Outcome::kKeyReused;
  } else if (rows.size() == 1 && !rows.is_null(0, col.status)) {
    const std::optional<std::string> sealed = from_base64(rows.text(0, col.body));
    const std::optional<std::string> body =
        sealed ? unseal(answer_sealing_key(context.request), *sealed, key.key_hash) : std::nullopt;
    if (!body)
      return fail(ErrorCode::kInternal, "Internal server error", "a kept answer is broken");
    result.outcome = CommitResult::Outcome::kReplay;
    result.answer = {key.key_hash, rows.i16(0, col.status), *body};
  }
  Response response = TRY(*answer_of_key(result));
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

}  // namespace

Result<AuditedChange> AuditedChange::begin(Context& context) {
  AuditedChange change(context, TRY(context.services.pg.lease()));
  (void)TRY(change.run(kPgBegin));
  return change;
}

Result<std::optional<Response>> AuditedChange::earlier_answer() {
  return earlier_answer(TRY(idempotency_key(context_->request, context_->caller)));
}

Result<std::optional<Response>> AuditedChange::earlier_answer(
    const std::optional<IdempotencyKey>& key) {
  if (!key) return std::optional<Response>();
  const int64_t account = context_->caller.account_id;
  const PgRows claimed =
      TRY(run(sql::answer_claim, account, key->key_hash, key->request_hash, nullptr));
  if (claimed.affected() == 1) {
    key_ = key;
    return std::optional<Response>();
  }
  const PgRows rows = TRY(run(sql::answer_of_key, account, key->key_hash));
  Response response = TRY(answer_of_row(*context_, rows, *key));
  return std::optional<Response>(std::move(response));
}

Result<AuditedChange::Work> AuditedChange::claim_work(const Uuid& work,
                                                      std::chrono::milliseconds gone_after) {
  const auto key = TRY(idempotency_key(context_->request, context_->caller));
  if (!key) return Work{std::nullopt, work};
  const int64_t account = context_->caller.account_id;
  const PgRows claimed =
      TRY(run(sql::answer_claim, account, key->key_hash, key->request_hash, work));
  if (claimed.affected() == 1) return Work{std::nullopt, work};
  const int64_t gone_ms = gone_after.count();
  const PgRows left =
      TRY(run(sql::answer_take_over, account, key->key_hash, key->request_hash, gone_ms));
  if (left.size() == 1)
    return Work{std::nullopt, left.uuid(0, sql::answer_take_over.message_id), true};
  const PgRows rows = TRY(run(sql::answer_of_key, account, key->key_hash));
  return Work{TRY(answer_of_row(*context_, rows, *key)), work};
}

Result<Response> AuditedChange::finish_work(Context& context, Response response) {
  const auto key = TRY(idempotency_key(context.request, context.caller));
  if (!key) return response;
  (void)TRY(context.services.pg.query(sql::answer_keep, context.caller.account_id, key->key_hash,
                                      static_cast<int16_t>(response.status),
                                      sealed_answer(context, *key, response.body)));
  return response;
}

void AuditedChange::abandon_work(Context& context) {
  const auto key = idempotency_key(context.request, context.caller);
  if (!key || !*key) return;
  // If this fails, the next one with the key waits as for a process that died.
  (void)context.services.pg.query(sql::answer_release, context.caller.account_id, (*key)->key_hash);
}

Status AuditedChange::record(const Line& line) {
  const Actor actor = actor_of(line.by != nullptr ? *line.by : context_->caller);
  lines_.push_back({line, std::string(actor.kind), actor.id, actor.name});
  return Done{};
}

// In the order of the accounts: two changes that write to the same two chains do not deadlock.
Status AuditedChange::write_lines() {
  std::ranges::stable_sort(lines_, {}, [](const Recorded& one) { return one.line.account_id; });
  for (const Recorded& one : lines_) {
    const Line& line = one.line;
    (void)TRY(run(sql::audit_record, line.account_id, one.actor_kind, one.actor_id, one.actor,
                  context_->request.remote_address, line.action, line.subject, line.detail));
  }
  lines_.clear();
  return Done{};
}

Status AuditedChange::record_alone(Context& context, const Line& line) {
  AuditedChange change = TRY(begin(context));
  TRY(change.record(line));
  return change.commit(Effect::kNone);
}

Status AuditedChange::commit(Effect effect) {
  TRY(write_lines());
  int64_t version = 0;
  if (effect == Effect::kConfiguration) {
    // Last, because every change of configuration waits for this row.
    const PgRows moved = TRY(run(sql::config_version_move));
    version = moved.i64(0, sql::config_version_move.version);
  }
  (void)TRY(run(kPgCommit));
  if (version != 0) context_->services.control.configuration_moved(version);
  return Done{};
}

Result<Response> AuditedChange::commit(Effect effect, Response response) {
  if (key_) {
    (void)TRY(run(sql::answer_keep, context_->caller.account_id, key_->key_hash,
                  static_cast<int16_t>(response.status),
                  sealed_answer(*context_, *key_, response.body)));
  }
  TRY(commit(effect));
  return response;
}

}  // namespace dundun
