// Receipts whose message is not known (yet), for the table carrier_receipts. The scheduler looks
// for their messages again, and the operator sees those that have none.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/carrier/http/callback.h"
#include "common/carrier/reference.h"
#include "common/io/pg.h"

namespace dundun {

struct KeptReceipt {
  std::string carrier_message_id;         // or empty
  std::optional<CarrierReference> named;  // by our reference
  std::string word;
  std::string error{}, time{}, number{}, network{}, cost{};  // or empty
};

// As it was read, its word counted. `called` is the message whose own address the carrier called.
// kInvalidRequest, naming the field, if it names no message, or another one, or says nothing.
Result<KeptReceipt> kept_receipt_of(std::string_view carrier, HttpReceipt read,
                                    const std::optional<CarrierReference>& called = std::nullopt);

// For the statement keep_carrier_receipts, which counts once more what is kept already. Numbers are
// masked.
std::vector<PgParam> kept_receipts_values(std::string_view carrier,
                                          const std::vector<KeptReceipt>& receipts);

}  // namespace dundun
