// The built-in provider, which takes no money. Its checkout is a page of ours with one button.
#pragma once

#include "common/pay/provider.h"

namespace dundun {

class Sandbox : public PaymentProvider {
 public:
  explicit Sandbox(const PaymentConfig& config) : config_(config) {}
  Result<std::string> checkout(const Payment& payment) override;
  // X-Payment-Signature: sha256=<hex HMAC-SHA256 of the body, keyed with PAYMENT_SECRET>.
  Result<PaymentNotice> verify_callback(const CallbackHeaders& headers,
                                        std::string_view body) override;

  // The callback for a payment that was completed on the page.
  std::string callback_body(const Payment& payment) const;
  std::string signature_of(std::string_view body) const;

 private:
  const PaymentConfig& config_;
};

}  // namespace dundun
