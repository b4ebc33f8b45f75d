#include "common/web/audited_change.h"

#include "common/web/refusal.h"
#include "sql/statements.h"

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

Receipt receipt_of_key(const PgRows& rows, const IdempotencyKey& key) {
  Receipt receipt;
  receipt.outcome = Receipt::Outcome::kInProgress;
  if (rows.size() == 0) return receipt;
  if (rows.text(0, 0) != key.request_hash) {
    receipt.outcome = Receipt::Outcome::kKeyReused;
  } else if (!rows.is_null(0, 1)) {
    receipt.outcome = Receipt::Outcome::kReplay;
    receipt.answer = {key.key_hash, rows.i16(0, 1), std::string(rows.text(0, 2))};
  }
  return receipt;
}

}  // namespace

Result<AuditedChange> AuditedChange::begin(Context& context) {
  AuditedChange change(context, TRY(context.app.pg.lease()));
  (void)TRY(change.run(kPgBegin));
  return change;
}

Result<std::optional<Response>> AuditedChange::earlier_answer(
    const std::optional<IdempotencyKey>& key) {
  if (!key) return std::optional<Response>();
  const int64_t account = context_->caller.account_id;
  const PgRows claimed = TRY(run(sql::answer_claim, account, key->key_hash, key->request_hash));
  if (claimed.affected() == 1) {
    key_ = key;
    return std::optional<Response>();
  }
  const PgRows rows = TRY(run(sql::answer_of_key, account, key->key_hash));
  Response response = TRY(*answer_of_key(receipt_of_key(rows, *key)));
  return std::optional<Response>(std::move(response));
}

Status AuditedChange::record(const Line& line) {
  const Actor actor = actor_of(context_->caller);
  (void)TRY(run(sql::audit_record, line.account_id, actor.kind, actor.id, actor.name,
                context_->request.remote_address, line.action, line.subject, line.detail));
  return Done{};
}

Status AuditedChange::keep_answer(int http_status, const std::string& body) {
  if (!key_) return Done{};
  (void)TRY(run(sql::answer_keep, context_->caller.account_id, key_->key_hash,
                static_cast<int16_t>(http_status), body));
  return Done{};
}

Status AuditedChange::commit(Effect effect) {
  int64_t version = 0;
  if (effect == Effect::kConfiguration) {
    // Last, because every change of configuration waits for this row.
    const PgRows moved = TRY(run(sql::config_version_move));
    version = moved.i64(0, 0);
  }
  (void)TRY(run(kPgCommit));
  if (version != 0) context_->app.control.configuration_moved(version);
  return Done{};
}

Result<Response> AuditedChange::commit(Effect effect, Response response) {
  TRY(keep_answer(response.status, response.body));
  TRY(commit(effect));
  return response;
}

}  // namespace dundun
