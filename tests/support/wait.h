#pragma once

#include <chrono>
#include <thread>

namespace dundun {

// Waits for a condition, in steps of 5 ms at first and 25 ms later, because looking costs the
// product time too. The limit is there for a product that is broken: it says nothing about speed,
// and no machine is so slow that it meets it.
template <class Condition>
bool wait_until(Condition condition, double limit_s = 60) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(limit_s);
  constexpr int kEagerLooks = 40;
  for (int look = 0; !condition(); ++look) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(look < kEagerLooks ? 5 : 25));
  }
  return true;
}

}  // namespace dundun
