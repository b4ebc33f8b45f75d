// Flutterwave Standard, API v3: a hosted checkout, and a webhook with a shared hash. The
// transaction is read back from Flutterwave before it counts.
#pragma once

#include "common/pay/provider.h"

namespace dundun {

class Flutterwave : public PaymentProvider {
 public:
  explicit Flutterwave(const PaymentConfig& config) : config_(config) {}
  // POST {base}/payments.
  Result<std::string> checkout(const Payment& payment) override;
  // The webhook alone proves little, because its hash is the same every time. What counts is the
  // answer of GET {base}/transactions/{id}/verify.
  Result<PaymentNotice> verify_callback(const CallbackHeaders& headers,
                                        std::string_view body) override;

 private:
  Result<std::string> call(std::string method, std::string path, std::string body) const;
  Result<PaymentNotice> read_back(int64_t transaction_id) const;
  const PaymentConfig& config_;
};

}  // namespace dundun
