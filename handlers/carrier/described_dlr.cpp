#include "handlers/carrier/described_dlr.h"

#include "common/base/executor.h"
#include "common/carrier/dlr_ingest.h"
#include "common/io/pg.h"
#include "common/journal/change.h"
#include "common/journal/commit.h"
#include "common/journal/journal.h"
#include "handlers/carrier/callback.h"
#include "handlers/carrier/kept_receipts.h"
#include "sql/carrier_receipts.h"

namespace dundun {
namespace {

// Whose message each is, as far as its own reference or the signed URL says.
Result<std::vector<KeptReceipt>> named_receipts(const DescribedCall& call) {
  std::vector<KeptReceipt> receipts;
  std::vector<HttpReceipt> read = TRY(read_receipts(*call.description.dlr, call.document));
  for (HttpReceipt& one : read) {
    receipts.push_back(TRY(kept_receipt_of(call.carrier, std::move(one), call.named)));
  }
  return receipts;
}

Result<std::optional<CarrierReference>> receipt_message(Context& context,
                                                        const std::string& carrier,
                                                        const KeptReceipt& receipt) {
  if (receipt.named) return receipt.named;
  PgArray ids(PgArray::Type::kText);
  ids.add(std::string_view(receipt.carrier_message_id));
  const PgRows rows =
      TRY(context.services.pg.query(sql::messages_of_carrier_ids, carrier, ids.finish()));
  if (rows.size() == 0) return std::optional<CarrierReference>();
  return std::optional<CarrierReference>({rows.i64(0, sql::messages_of_carrier_ids.account_id),
                                          rows.uuid(0, sql::messages_of_carrier_ids.message_id)});
}

Change change_for(const CarrierReference& message, const KeptReceipt& receipt) {
  const Dlr dlr{message.account_id,
                Environment::kLive,
                message.message_id,
                receipt.word,
                receipt.carrier_message_id,
                receipt.error,
                receipt.time,
                receipt.network,
                receipt.cost};
  std::vector<Change> changes = changes_of({&dlr, 1});
  return std::move(changes.front());
}

}  // namespace

Task<Response> take_described_dlr(Context& context, const DescribedCall& call) {
  const std::vector<KeptReceipt> receipts = co_await named_receipts(call);
  if (receipts.size() == 1) {
    const std::optional<CarrierReference> message =
        co_await receipt_message(context, call.carrier, receipts.front());
    if (message) {
      Change change = change_for(*message, receipts.front());
      Task<CommitResult> committing =
          commit(*context.services.journal, std::move(change), context.services.executor);
      const CommitResult result = co_await std::move(committing);
      if (result.outcome != CommitResult::Outcome::kNotFound) {
        const bool is_new = result.outcome == CommitResult::Outcome::kCommitted;
        co_return callback_answer(context.request, is_new ? "accepted" : "duplicate", "");
      }
    }
  }
  if (!receipts.empty()) co_await keep_receipts(context, call.carrier, receipts);
  co_return callback_answer(context.request, "kept", "");
}

}  // namespace dundun
