// Live and test traffic: separate keys, wallets and lists. Test messages use the loopback carrier.
#pragma once

#include <cstdint>
#include <string_view>

namespace dundun {

enum class Environment : int16_t { kLive = 0, kTest = 1 };

constexpr std::string_view environment_name(Environment environment) {
  return environment == Environment::kLive ? "live" : "test";
}

}  // namespace dundun
