#include "handlers/carrier/kept_receipts.h"

#include "common/base/metrics.h"
#include "common/io/pg.h"
#include "common/sms/dlr.h"
#include "common/sms/msisdn.h"
#include "sql/carrier_receipts.h"

namespace dundun {

Status keep_receipts(Context& context, const std::string& carrier,
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
  TRY(context.services.pg.query(sql::keep_carrier_receipts, carrier, ids.finish(),
                                accounts.finish(), messages.finish(), words.finish(),
                                errors.finish(), times.finish(), numbers.finish(),
                                networks.finish(), costs.finish()));
  counter("dundun_receipts_kept_total").add(static_cast<int64_t>(receipts.size()));
  return Done{};
}

}  // namespace dundun
