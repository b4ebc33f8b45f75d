// Keeps receipts whose message is not known (yet) in carrier_receipts. The scheduler looks for
// their messages again, and the operator sees those that have none.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/carrier/reference.h"
#include "common/web/endpoint.h"

namespace dundun {

struct KeptReceipt {
  std::string carrier_message_id;         // or empty
  std::optional<CarrierReference> named;  // by our reference
  std::string word;
  std::string error{}, time{}, number{}, network{}, cost{};  // or empty
};

// A receipt that is kept already is only counted. Numbers are kept masked.
Status keep_receipts(Context& context, const std::string& carrier,
                     const std::vector<KeptReceipt>& receipts);

}  // namespace dundun
