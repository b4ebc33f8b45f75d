// Turns a provider's callback into money in the wallet. There is no other way for a payment.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/pay/provider.h"
#include "common/web/endpoint.h"

namespace dundun {

enum class PaymentStatus : int16_t { kPending = 1, kPaid = 2, kFailed = 3, kExpired = 4 };

struct FoundPayment {
  Payment payment;
  std::string provider;
  PaymentStatus status;
};

// The payment behind a reference of ours. kNotFound: not our signature, or no such payment.
Result<FoundPayment> find_payment(Context& context, std::string_view reference);

// Verifies a callback and credits the wallet, only once even if it is called often. Answers
// {"status": "paid" | "failed" | "ignored"}. Errors: those of verify_callback, kNotFound,
// kPaymentRefused if amount or currency are not as agreed or a sandbox checkout has expired.
Task<Response> settle(Context& context, std::string provider_name, CallbackHeaders headers,
                      std::string body);

}  // namespace dundun
