#include "common/journal/write_set.h"

#include <utility>

#include "sql/journal.h"

namespace dundun {

using enum PgArray::Type;

void WriteSet::claim(const MessageKey& message, const std::string& carrier,
                     std::chrono::milliseconds lease) {
  claimed_accounts_.add(message.first);
  claimed_messages_.add(message.second);
  claimed_carriers_.add(unless_empty(carrier));
  lease_ = lease;
}

void WriteSet::add_claim(const Claim& claim) {
  others_.push_back(
      {&sql::journal_insert_claim,
       {PgParam(claim.token), PgParam(static_cast<int64_t>(lease_.count())),
        claimed_accounts_.finish(), claimed_messages_.finish(), claimed_carriers_.finish()}});
}

void WriteSet::record(const Claim& claim) {
  ClaimCount& count = recorded_[claim.token];
  count.recorded += 1;
  count.size = claim.size;
}

void WriteSet::delete_claims(const std::vector<Uuid>& tokens) {
  if (tokens.empty()) return;
  PgArray array(kUuid);
  for (const Uuid& token : tokens) array.add(token);
  others_.push_back({&sql::journal_delete_claims, {array.finish()}});
}

void WriteSet::add_outbox(const Uuid& id, std::string events) {
  others_.push_back({&sql::journal_insert_outbox, {PgParam(id), PgParam(events)}});
}

void WriteSet::delete_outbox(const std::vector<Uuid>& ids) {
  PgArray array(kUuid);
  for (const Uuid& id : ids) array.add(id);
  others_.push_back({&sql::journal_delete_outbox, {array.finish()}});
}

void WriteSet::hint(const MessageKey& message, Instant due_at) {
  due_hints_.push_back({message.first, message.second, unix_micros(due_at) / 1000});
}

void WriteSet::plan_receipt(const MessageKey& message, Environment environment,
                            std::chrono::milliseconds after, const std::string& word) {
  std::vector<PgArray>& columns = receipts_[after.count()];
  if (columns.empty()) {
    for (PgArray::Type type : {kInt8, kInt2, kUuid, kText}) columns.emplace_back(type);
  }
  columns[0].add(message.first);
  columns[1].add(environment);
  columns[2].add(message.second);
  columns[3].add(std::string_view(word));
}

std::vector<Pg::Call> WriteSet::calls() && {
  messages.write(*this);
  write_opt_outs(*this);
  std::vector<Pg::Call> calls;
  for (const std::optional<Columns>& columns : tables_) {
    if (columns) calls.push_back(columns->call());
  }
  for (const auto& [after_ms, columns] : receipts_) {
    Pg::Call call{&sql::journal_insert_receipts, {PgParam(after_ms)}};
    for (const PgArray& column : columns) call.params.push_back(column.finish());
    calls.push_back(std::move(call));
  }
  for (Pg::Call& call : others_) calls.push_back(std::move(call));
  calls.push_back({&kPgCommit, {}});
  return calls;
}

}  // namespace dundun
