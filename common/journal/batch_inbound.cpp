// The part of a batch that is about texts that came in and recipients who want none.
#include "common/journal/batch.h"
#include "sql/journal.h"

namespace dundun {

void Batch::absorb_inbound(const PgRows& rows) {
  for (int n = 0; n < rows.size(); ++n) {
    known_.inbound.emplace(
        InboundKey{rows.i64(n, 0), std::string(rows.text(n, 1)), std::string(rows.text(n, 2))},
        rows.uuid(n, 3));
  }
}

std::vector<Pg::Call> Batch::opt_out_reads() const {
  PgArray accounts(PgArray::Type::kInt8), environments(PgArray::Type::kInt2),
      phones(PgArray::Type::kText);
  for (const Entry& entry : entries_) {
    const auto* accept = std::get_if<AcceptMessage>(&entry.change);
    if (accept == nullptr) continue;
    const auto wallet = known_.wallets.find({accept->account_id, accept->environment});
    if (wallet == known_.wallets.end() || !wallet->second.has_opt_outs) continue;
    accounts.add(accept->account_id);
    environments.add(static_cast<int16_t>(accept->environment));
    phones.add(std::string_view(accept->phone));
  }
  if (accounts.size() == 0) return {};
  return {
      {&sql::journal_read_opt_outs, {accounts.finish(), environments.finish(), phones.finish()}}};
}

void Batch::absorb_opt_outs(const PgRows& rows) {
  for (int n = 0; n < rows.size(); ++n) {
    known_.opt_outs.insert(
        {rows.i64(n, 0), Environment(rows.i16(n, 1)), std::string(rows.text(n, 2))});
  }
}

void Batch::add_inbound_event(const Entry& entry) {
  const auto* record = std::get_if<RecordInbound>(&entry.change);
  if (record == nullptr) return;
  publication_.add(event_channel(record->account_id, record->environment),
                   inbound_event(entry.event_id, *record));
}

}  // namespace dundun
