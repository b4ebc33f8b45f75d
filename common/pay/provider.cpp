#include "common/pay/provider.h"

#include "common/pay/flutterwave.h"
#include "common/pay/sandbox.h"

namespace dundun {

std::string_view payment_provider_name(const PaymentConfig& config, Environment environment) {
  if (config.provider.empty()) return {};
  return environment == Environment::kTest ? std::string_view("sandbox") : config.provider;
}

std::unique_ptr<PaymentProvider> make_payment_provider(std::string_view name,
                                                       const PaymentConfig& config) {
  if (config.provider.empty()) return nullptr;
  if (name == "sandbox") return std::make_unique<Sandbox>(config);
  if (name == "flutterwave" && config.provider == name) {
    return std::make_unique<Flutterwave>(config);
  }
  return nullptr;
}

}  // namespace dundun
