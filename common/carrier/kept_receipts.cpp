#include "common/carrier/kept_receipts.h"

#include "common/base/metrics.h"
#include "common/carrier/dlr_ingest.h"
#include "common/sms/dlr.h"
#include "common/sms/msisdn.h"

namespace dundun {

// A reference is worth what the carrier's own proof is worth: only carriers that had the message
// know its UUID.
Result<KeptReceipt> kept_receipt_of(std::string_view carrier, HttpReceipt read,
                                    const std::optional<CarrierReference>& called) {
  KeptReceipt receipt;
  receipt.named = parse_carrier_reference(read.reference);
  if (called && receipt.named && receipt.named->message_id != called->message_id) {
    return fail(ErrorCode::kInvalidRequest,
                "reference is not of the message whose address was called.");
  }
  if (called) receipt.named = called;
  if (!receipt.named && read.carrier_message_id.empty()) {
    return fail(ErrorCode::kInvalidRequest, "reference is none of our references.");
  }
  receipt.word = normalize_dlr_word(read.word);
  if (receipt.word.empty()) return fail(ErrorCode::kInvalidRequest, "status is no word.");
  receipt.carrier_message_id = std::move(read.carrier_message_id);
  receipt.error = std::move(read.error);
  receipt.time = std::move(read.time);
  receipt.number = std::move(read.number);
  receipt.network = std::move(read.network);
  receipt.cost = std::move(read.cost);
  count_receipt_word(carrier, receipt.word);
  count_carrier_error(carrier, receipt.error);
  return receipt;
}

std::vector<PgParam> kept_receipts_values(std::string_view carrier,
                                          const std::vector<KeptReceipt>& receipts) {
  using enum PgArray::Type;
  PgArray ids(kText), accounts(kInt8), messages(kUuid), words(kText), errors(kText), times(kText),
      numbers(kText), networks(kText), costs(kText);
  for (const KeptReceipt& one : receipts) {
    ids.add(std::string_view(one.carrier_message_id));
    accounts.add(one.named ? std::optional(one.named->account_id) : std::nullopt);
    messages.add(one.named ? std::optional(one.named->message_id) : std::nullopt);
    words.add(std::string_view(normalize_dlr_word(one.word)));
    errors.add(std::string_view(one.error));
    times.add(std::string_view(one.time));
    numbers.add(std::string_view(one.number.empty() ? "" : mask_msisdn(one.number)));
    networks.add(std::string_view(one.network));
    costs.add(std::string_view(one.cost));
  }
  counter("dundun_receipts_kept_total").add(static_cast<uint64_t>(receipts.size()));
  return {carrier,         ids.finish(),   accounts.finish(), messages.finish(), words.finish(),
          errors.finish(), times.finish(), numbers.finish(),  networks.finish(), costs.finish()};
}

}  // namespace dundun
