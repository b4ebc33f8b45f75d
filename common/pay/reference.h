// The name of a payment outside: account and payment, signed. So a callback needs no look-up across
// accounts, and no one can name a payment that we did not make.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/ids.h"

namespace dundun {

struct PaymentName {
  int64_t account_id;
  Uuid payment_id;
};

// "42-01984f6e6a107c119b5231c6a6a0d9f4-<32 hex digits of HMAC-SHA256>".
std::string payment_reference(const PaymentName& name, std::string_view secret);
// nullopt for anything that payment_reference() of the same secret did not make.
std::optional<PaymentName> parse_payment_reference(std::string_view text, std::string_view secret);

}  // namespace dundun
