#include "scheduler/receipt_job.h"

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "common/base/metrics.h"
#include "common/carrier/carrier_id.h"
#include "common/carrier/dlr_ingest.h"
#include "common/sms/dlr.h"
#include "sql/statements.h"

namespace dundun {
namespace {

constexpr int64_t kRoundMax = 500;

using MessageRef = std::pair<int64_t, Uuid>;  // account, message

struct Message {
  Environment environment = Environment::kLive;
  int parts = 1;
  std::vector<PartWord> words;
  std::vector<int64_t> receipts;
};

struct Leased {
  std::set<MessageRef> messages;
  std::map<int64_t, std::pair<std::string, std::string>> unnamed;  // receipt -> carrier, its id
};

Leased leased_of(const PgRows& rows) {
  Leased leased;
  for (int row = 0; row < rows.size(); ++row) {
    if (!rows.is_null(row, 4)) {
      leased.messages.emplace(rows.i64(row, 3), rows.uuid(row, 4));
    } else {
      leased.unnamed[rows.i64(row, 0)] = {std::string(rows.text(row, 1)),
                                          std::string(rows.text(row, 2))};
    }
  }
  return leased;
}

// Whose the unnamed ones are, as far as a carrier's answer has told by now.
Status name_unnamed(Pg& pg, Leased& leased) {
  if (leased.unnamed.empty()) return Done{};
  PgArray carriers(PgArray::Type::kText), ids(PgArray::Type::kText),
      receipts(PgArray::Type::kInt8);
  for (const auto& [receipt_id, named] : leased.unnamed) {
    for (const std::string& form : carrier_id_forms(named.second)) {
      carriers.add(named.first);
      ids.add(form);
      receipts.add(receipt_id);
    }
  }
  const PgRows found =
      TRY(pg.run(sql::find_carrier_refs, {carriers.finish(), ids.finish(), receipts.finish()}));
  PgArray named(PgArray::Type::kInt8), accounts(PgArray::Type::kInt8),
      environments(PgArray::Type::kInt2), messages(PgArray::Type::kUuid),
      parts(PgArray::Type::kInt2), counts(PgArray::Type::kInt2);
  for (int row = 0; row < found.size(); ++row) {
    leased.unnamed.erase(found.i64(row, 0));
    leased.messages.emplace(found.i64(row, 1), found.uuid(row, 3));
    named.add(found.i64(row, 0));
    accounts.add(found.i64(row, 1));
    environments.add(found.i16(row, 2));
    messages.add(found.uuid(row, 3));
    parts.add(found.i16(row, 4));
    counts.add(found.i16(row, 5));
  }
  if (found.size() > 0) {
    TRY(pg.run(sql::name_receipts, {named.finish(), accounts.finish(), environments.finish(),
                                    messages.finish(), parts.finish(), counts.finish()}));
  }
  if (leased.unnamed.empty()) return Done{};
  PgArray unmatched(PgArray::Type::kInt8);
  for (const auto& [receipt_id, ignored] : leased.unnamed) unmatched.add(receipt_id);
  TRY(pg.run(sql::receipts_unmatched, {unmatched.finish()}));
  return Done{};
}

Result<std::map<MessageRef, Message>> read_messages(Pg& pg, const std::set<MessageRef>& wanted) {
  PgArray accounts(PgArray::Type::kInt8), messages(PgArray::Type::kUuid);
  for (const auto& [account_id, message_id] : wanted) {
    accounts.add(account_id);
    messages.add(message_id);
  }
  const PgRows rows = TRY(pg.run(sql::receipts_of_messages, {accounts.finish(), messages.finish()}));
  std::map<MessageRef, Message> found;
  for (int row = 0; row < rows.size(); ++row) {
    Message& message = found[{rows.i64(row, 0), rows.uuid(row, 1)}];
    message.environment = Environment(rows.i16(row, 2));
    message.parts = rows.i16(row, 4);
    message.words.push_back({rows.i16(row, 3), normalize_dlr_word(rows.text(row, 5))});
    message.receipts.push_back(rows.i64(row, 6));
  }
  return found;
}

Status apply(Pg& pg, Journal& journal, const std::map<MessageRef, Message>& messages) {
  std::vector<Dlr> receipts;
  PgArray ids(PgArray::Type::kInt8), finished(PgArray::Type::kBool);
  for (const auto& [ref, message] : messages) {
    const PartsVerdict verdict = judge_parts(message.parts, message.words);
    if (verdict.word) receipts.push_back({ref.first, message.environment, ref.second, *verdict.word, {}});
    for (const int64_t receipt_id : message.receipts) {
      ids.add(receipt_id);
      finished.add(verdict.finished);
    }
  }
  // Not deleted unless committed: they come again after their lease, and repeat nothing.
  if (!ingest(journal, receipts)) return unavailable("receipts were not committed");
  TRY(pg.run(sql::receipts_applied, {ids.finish(), finished.finish()}));
  return Done{};
}

}  // namespace

bool match_receipts(Pg& pg, Journal& journal) {
  auto rows = pg.run(sql::lease_receipts, {kRoundMax});
  if (!rows || rows->size() == 0) return false;
  Leased leased = leased_of(*rows);
  if (!name_unnamed(pg, leased)) return false;
  if (!leased.messages.empty()) {
    auto messages = read_messages(pg, leased.messages);
    if (!messages || !apply(pg, journal, *messages)) return false;
  }
  return rows->size() == kRoundMax;
}

void watch_receipts(Pg& pg) {
  if (auto waiting = pg.run(sql::receipts_waiting, {})) {
    gauge("dundun_receipts_unmatched").set(waiting->i64(0, 0));
    gauge("dundun_receipts_partial").set(waiting->i64(0, 1));
  }
}

}  // namespace dundun
