// How many SMS a balance still buys.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/base/money.h"
#include "common/sending/snapshot.h"

namespace dundun {

// One-segment messages at the price of the route to the currency's home country; without such a
// route (USD), at that of the cheapest active one. nullopt when no route has a price in the
// wallet's currency.
std::optional<int64_t> sms_estimate(Micros balance, const std::string& currency,
                                    const Snapshot& snapshot);

}  // namespace dundun
