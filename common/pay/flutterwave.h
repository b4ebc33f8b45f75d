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
  bool can_be_asked() const override { return true; }
  // GET {base}/transactions/verify_by_reference?tx_ref=…
  Result<PaymentNotice> ask(std::string_view reference) override;

 private:
  Result<std::string> call(std::string method, std::string path, std::string body) const;
  // What a GET says of a transaction.
  Result<PaymentNotice> read_transaction(std::string path) const;
  const PaymentConfig& config_;
};

}  // namespace dundun
