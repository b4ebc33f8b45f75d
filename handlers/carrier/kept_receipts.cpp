#include "handlers/carrier/kept_receipts.h"

#include "common/io/pg.h"
#include "sql/carrier_receipts.h"

namespace dundun {

Status keep_receipts(Context& context, const std::string& carrier,
                     const std::vector<KeptReceipt>& receipts) {
  TRY(context.services.pg.run(sql::keep_carrier_receipts, kept_receipts_values(carrier, receipts)));
  return Done{};
}

}  // namespace dundun
