// A payment provider: opens a checkout, and tells by a callback how it ended.
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

// A payment that a customer begins. Its row is committed before the provider hears of it.
struct Payment {
  int64_t account_id;
  Uuid payment_id;
  Environment environment;
  Micros amount_micros;  // of the wallet's currency, at most 2 decimals
  std::string currency;
};

// The headers that authenticate a callback; empty if absent.
struct CallbackHeaders {
  std::string_view signature;   // X-Payment-Signature
  std::string_view verif_hash;  // verif-hash
};

// What the provider confirms. The caller compares it with what was agreed.
struct PaymentNotice {
  enum class State { kPaid, kFailed, kOther };  // kOther: does not say how a payment ended
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
  // kUnavailable if the provider gives none now.
  virtual Result<std::string> checkout(const Payment& payment) = 0;
  // kInvalidSignature: the callback is not the provider's. kPaymentRefused: the provider, when
  // asked, does not confirm it. kUnavailable: the provider could not be asked; the callback will
  // come again.
  virtual Result<PaymentNotice> verify_callback(const CallbackHeaders& headers,
                                                std::string_view body) = 0;
  // Whether ask() has anything to tell.
  virtual bool can_be_asked() const { return false; }
  // How the payment of this reference of ours stands, without a callback. kPaymentRefused: the
  // provider knows no transaction of it, so nobody has paid yet. kUnavailable: it could not be
  // asked. Blocks at most PAYMENT_TIMEOUT_MS.
  virtual Result<PaymentNotice> ask(std::string_view) {
    return fail(ErrorCode::kPaymentRefused, "The provider cannot be asked.");
  }
};

// The provider for an environment; test money always goes to the sandbox. Empty: none.
std::string_view payment_provider_name(const PaymentConfig& config, Environment environment);
// nullptr if this installation does not use the name.
std::unique_ptr<PaymentProvider> make_payment_provider(std::string_view name,
                                                       const PaymentConfig& config);

}  // namespace dundun
