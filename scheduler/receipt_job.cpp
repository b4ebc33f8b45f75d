#include "scheduler/receipt_job.h"

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "common/base/metrics.h"
#include "common/carrier/dlr_ingest.h"
#include "common/sms/dlr.h"
#include "sql/carrier_receipts.h"
#include "sql/receipts.h"

namespace dundun {
namespace {

constexpr int64_t kReceiptRoundMax = 500;

using MessageRef = std::pair<int64_t, Uuid>;  // account, message

struct Message {
  Environment environment = Environment::kLive;
  int parts = 1;
  std::vector<PartWord> words;
};

Result<std::map<MessageRef, Message>> read_messages(Pg& pg, const PgRows& leased) {
  constexpr auto& col = sql::receipts_of_messages;
  std::set<MessageRef> wanted;
  for (int row = 0; row < leased.size(); ++row) {
    wanted.emplace(leased.i64(row, col.account_id), leased.uuid(row, col.message_id));
  }
  PgArray accounts(PgArray::Type::kInt8), messages(PgArray::Type::kUuid);
  for (const auto& [account_id, message_id] : wanted) {
    accounts.add(account_id);
    messages.add(message_id);
  }
  const PgRows rows =
      TRY(pg.run(sql::receipts_of_messages, {accounts.finish(), messages.finish()}));
  std::map<MessageRef, Message> found;
  for (int row = 0; row < rows.size(); ++row) {
    Message& message = found[{rows.i64(row, col.account_id), rows.uuid(row, col.message_id)}];
    message.environment = Environment(rows.i16(row, col.environment));
    message.parts = rows.i16(row, col.parts);
    message.words.push_back({rows.i16(row, col.part), std::string(rows.text(row, col.word)),
                             std::string(rows.text(row, col.error))});
  }
  return found;
}

Status apply(Pg& pg, Journal& journal, const std::map<MessageRef, Message>& messages) {
  std::vector<Dlr> receipts;
  PgArray accounts(PgArray::Type::kInt8), ids(PgArray::Type::kUuid), parts(PgArray::Type::kInt2),
      words(PgArray::Type::kText), finished(PgArray::Type::kBool);
  for (const auto& [ref, message] : messages) {
    const PartsVerdict verdict = judge_parts(message.parts, message.words);
    if (verdict.word) {
      Dlr dlr{ref.first, message.environment, ref.second, *verdict.word};
      dlr.error = verdict.error;
      receipts.push_back(std::move(dlr));
    }
    for (const PartWord& one : message.words) {
      accounts.add(ref.first);
      ids.add(ref.second);
      parts.add(static_cast<int16_t>(one.part));
      words.add(std::string_view(one.word));
      finished.add(verdict.finished);
    }
  }
  // Not deleted unless committed: they come again after their lease, and repeat nothing.
  if (!ingest(journal, receipts)) return unavailable("receipts were not committed");
  TRY(pg.run(sql::receipts_applied,
             {accounts.finish(), ids.finish(), parts.finish(), words.finish(), finished.finish()}));
  return Done{};
}

}  // namespace

bool join_receipts(Pg& pg, Journal& journal, LookBack& back) {
  auto leased = pg.run(sql::lease_receipts, {kReceiptRoundMax, back.begin().count()});
  if (!leased) return false;
  if (leased->size() < kReceiptRoundMax) back.found_all();
  if (leased->size() == 0) return false;
  auto messages = read_messages(pg, *leased);
  if (!messages || !apply(pg, journal, *messages)) return false;
  return leased->size() == kReceiptRoundMax;
}

// A message that the journal does not know keeps its receipt.
bool match_receipts(Pg& pg, Journal& journal) {
  constexpr auto& col = sql::match_carrier_receipts;
  auto matched = pg.run(sql::match_carrier_receipts, {kReceiptRoundMax});
  if (!matched || matched->size() == 0) return false;
  std::vector<Dlr> receipts;
  for (int row = 0; row < matched->size(); ++row) {
    receipts.push_back(
        {matched->i64(row, col.account_id), Environment::kLive, matched->uuid(row, col.message_id),
         std::string(matched->text(row, col.word)),
         std::string(matched->text(row, col.carrier_message_id)),
         std::string(matched->text(row, col.error)),
         std::string(matched->text(row, col.carrier_time)),
         std::string(matched->text(row, col.network)), std::string(matched->text(row, col.cost))});
  }
  const std::vector<Result<CommitResult>> results = journal.commit_all(changes_of(receipts));
  PgArray done(PgArray::Type::kInt8);
  for (int row = 0; row < matched->size(); ++row) {
    const Result<CommitResult>& result = results[static_cast<size_t>(row)];
    if (result && result->outcome != CommitResult::Outcome::kNotFound)
      done.add(matched->i64(row, col.receipt_id));
  }
  (void)pg.run(sql::drop_carrier_receipts, {done.finish()});
  return matched->size() == kReceiptRoundMax;
}

void watch_receipts(Pg& pg) {
  if (auto unmatched = pg.run(sql::carrier_receipts_unmatched, {})) {
    gauge("dundun_receipts_unmatched").set(unmatched->i64(0, 0));
  }
  if (auto waiting = pg.run(sql::receipts_waiting, {})) {
    gauge("dundun_receipts_partial").set(waiting->i64(0, 0));
  }
}

}  // namespace dundun
