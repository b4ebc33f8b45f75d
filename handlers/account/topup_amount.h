// How much a top-up is for.
#pragma once

#include <string_view>

#include "common/base/config.h"
#include "common/sending/snapshot.h"

namespace dundun {

// Of the request's body, in micros of the wallet's currency, with its decimals at most. Without a
// body, or without `amount`: TOPUP_DEFAULT_USD in that currency, rounded up to a whole unit.
// kValidation names the field; TOPUP_MIN_USD and TOPUP_MAX_USD bound it, converted.
Result<Micros> topup_amount(std::string_view body, std::string_view wallet_currency,
                            const Snapshot& snapshot, const PaymentConfig& config);

}  // namespace dundun
