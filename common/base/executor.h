// Runs work later, after a wait. Implemented by the serve loop and the scheduler.
#pragma once

#include <chrono>
#include <functional>

namespace dundun {

class Executor {
 public:
  virtual ~Executor() = default;
  // Runs `work` soon on one of the executor's threads. Callable from any thread.
  virtual void post(std::function<void()> work) = 0;
  // Runs `work` after `delay`. Callable from any thread.
  virtual void post_after(std::chrono::milliseconds delay, std::function<void()> work) = 0;
};

}  // namespace dundun
