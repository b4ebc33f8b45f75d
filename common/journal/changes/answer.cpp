#include "common/journal/changes/answer.h"

#include "common/journal/reads.h"
#include "common/journal/write_set.h"
#include "sql/journal.h"

namespace dundun {

using enum PgArray::Type;
using Outcome = CommitResult::Outcome;

void ChangeKind<StoreAnswer>::wants(const StoreAnswer& store, Reads& reads) {
  reads.answers.want({store.account_id, store.answer.key_hash});
}

namespace {

constexpr PgArray::Type kAnswerKey[] = {kInt8, kBytea};

void take_answer(const PgRows& rows, int n, std::map<AnswerKey, AnswerState>& answers) {
  constexpr auto& col = sql::journal_lock_keys;
  const std::string hash(rows.text(n, col.key_hash));
  AnswerState& answer = answers[{rows.i64(n, col.account_id), hash}];
  answer.request_hash = rows.text(n, col.request_hash);
  if (!rows.is_null(n, col.message_id)) answer.message_id = rows.uuid(n, col.message_id);
  answer.balance_after_micros = rows.i64(n, col.balance_after_micros);
  if (!rows.is_null(n, col.status)) {
    answer.answer =
        StoredAnswer{hash, rows.i16(n, col.status), std::string(rows.text(n, col.body))};
  }
  answer.age = std::chrono::milliseconds(rows.i64(n, col.age_ms));
}

}  // namespace

constinit const ReadRule<AnswerRef, decltype(Known::answers)> kAnswerRead{
    &sql::journal_lock_keys, kAnswerKey, in_key_order, &Known::answers, take_answer};

Decision ChangeKind<StoreAnswer>::decide(const StoreAnswer& store, const Uuid&, Known& known) {
  auto found = known.answers.find({store.account_id, store.answer.key_hash});
  if (found == known.answers.end()) return refuse(Outcome::kNotFound, {});
  Decision decision = refuse(Outcome::kReplay, found->second.message_id);
  if (found->second.answer) {
    decision.result.answer = *found->second.answer;
    return decision;
  }
  found->second.answer = store.answer;
  decision.apply = true;
  decision.result.outcome = Outcome::kCommitted;
  return decision;
}

constexpr Table kKeys{WritePlace::kKeys,
                      sql::journal_insert_keys,
                      {kInt8, kBytea, kBytea, kUuid, kInt8, kInt2, kText}};

void add_key(int64_t account_id, const IdempotencyKey& key, const Uuid& id,
             Micros balance_after_micros, const std::optional<StoredAnswer>& answer,
             WriteSet& set) {
  set.row(kKeys, account_id, std::string_view(key.key_hash), std::string_view(key.request_hash), id,
          balance_after_micros, answer ? std::optional(answer->http_status) : std::nullopt,
          answer ? std::optional<std::string_view>(answer->body) : std::nullopt);
}

constexpr Table kAnswers{
    WritePlace::kAnswers, sql::journal_store_answers, {kInt8, kBytea, kInt2, kText}};

void add_answer(int64_t account_id, const StoredAnswer& answer, WriteSet& set) {
  set.row(kAnswers, account_id, std::string_view(answer.key_hash), answer.http_status,
          std::string_view(answer.body));
}

void ChangeKind<StoreAnswer>::write(const StoreAnswer& store, const Admitted&, WriteSet& set) {
  add_answer(store.account_id, store.answer, set);
}

}  // namespace dundun
