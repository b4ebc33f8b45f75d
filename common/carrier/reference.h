// The name of a message towards a carrier that sends receipts back. It contains the account, so
// that a receipt finds the message's row without a search.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/ids.h"

namespace dundun {

struct CarrierReference {
  int64_t account_id;
  Uuid message_id;
};

// "42-018f…": the account's number and the 32 hex digits of the message.
std::string carrier_reference(int64_t account_id, const Uuid& message_id);
std::optional<CarrierReference> parse_carrier_reference(std::string_view text);

}  // namespace dundun
