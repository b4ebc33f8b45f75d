// Whoever takes a customer's money: opens a checkout, and says by a callback how it ended.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "common/base/config.h"
#include "common/base/ids.h"
#include "common/base/money.h"
#include "common/base/result.h"
#include "common/sms/environment.h"

namespace dundun {

// Money that somebody intends to pay; its row is committed before a provider hears of it.
struct Payment {
  int64_t account_id;
  Uuid payment_id;
  Environment environment;
  Micros amount_micros;  // of the wallet's currency, at most 2 decimals
  std::string currency;
};

// The headers a callback is authenticated by; empty when absent.
struct CallbackHeaders {
  std::string_view signature;   // X-Payment-Signature
  std::string_view verif_hash;  // verif-hash
};

// What a provider vouches for. Whether we had agreed on it is for the caller to compare.
struct PaymentNotice {
  enum class State { kPaid, kFailed, kOther };  // kOther: no word on how a payment ended
  State state = State::kOther;
  std::string reference;           // ours (common/pay/reference.h)
  std::string provider_reference;  // theirs
  Micros amount_micros = 0;
  std::string currency;
};

class PaymentProvider {
 public:
  virtual ~PaymentProvider() = default;
  // The URL to send the customer to. May call the provider: blocks at most PAYMENT_TIMEOUT_MS.
  // kUnavailable when there is none to be had now.
  virtual Result<std::string> checkout(const Payment& payment) = 0;
  // kInvalidSignature when the callback is not the provider's; kPaymentRefused when the provider
  // does not stand by it; kUnavailable when it could not be asked: the callback will come again.
  virtual Result<PaymentNotice> verify_callback(const CallbackHeaders& headers,
                                                std::string_view body) = 0;
};

// Which provider takes an environment's money: test money is always the sandbox's. Empty: none.
std::string_view payment_provider_name(const PaymentConfig& config, Environment environment);
// nullptr for a name that is not in use here.
std::unique_ptr<PaymentProvider> make_payment_provider(std::string_view name,
                                                       const PaymentConfig& config);

}  // namespace dundun
