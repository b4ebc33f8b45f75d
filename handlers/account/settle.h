// Turns a provider's callback into money in the wallet. There is no other way for a payment.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/pay/settlement.h"
#include "common/web/endpoint.h"

namespace dundun {

// The payment behind a reference of ours. kNotFound: not our signature, or no such payment.
Result<FoundPayment> find_payment(Context& context, std::string_view reference);

// Verifies a callback and credits the wallet, only once even if it is called often. Answers
// {"status": "paid" | "failed" | "ignored"}. Errors: those of verify_callback, kNotFound,
// kPaymentRefused if the amount is less than agreed, the currency another, or a sandbox checkout
// has expired.
Task<Response> settle(Context& context, std::string provider_name, CallbackHeaders headers,
                      std::string body);

// The same for what the provider says of this payment because we asked.
Task<Response> settle_notice(Context& context, FoundPayment found, PaymentNotice notice);

}  // namespace dundun
