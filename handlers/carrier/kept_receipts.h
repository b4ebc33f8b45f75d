// Keeps receipts whose message is not known (yet) in carrier_receipts.
#pragma once

#include <string>
#include <vector>

#include "common/carrier/kept_receipts.h"
#include "common/web/endpoint.h"

namespace dundun {

// A receipt that is kept already is only counted. Numbers are kept masked.
Status keep_receipts(Context& context, const std::string& carrier,
                     const std::vector<KeptReceipt>& receipts);

}  // namespace dundun
