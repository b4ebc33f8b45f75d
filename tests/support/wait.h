#pragma once

#include <algorithm>
#include <chrono>
#include <thread>

namespace dundun {

// Waits for a condition, in steps of 5 ms at first and 25 ms later, because looking costs the
// product time too. The limit is there for a product that is broken: it says nothing about speed,
// and no machine is so slow that it meets it.
template <class Condition>
bool wait_until(Condition condition, double limit_s = 60) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(limit_s);
  // Often at first, then less: many conditions count the rows of a table.
  constexpr std::chrono::duration<double, std::milli> kMost{100};
  std::chrono::duration<double, std::milli> pause{5};
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 1.08, kMost);
  }
  return true;
}

}  // namespace dundun
