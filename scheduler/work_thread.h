// The scheduler's Executor: one thread for late carrier answers and timers.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "common/base/executor.h"

namespace dundun {

class WorkThread : public Executor {
 public:
  WorkThread() : thread_([this] { run(); }) {}
  ~WorkThread() override;  // drops work that is not yet due

  void post(std::function<void()> work) override { post_after({}, std::move(work)); }
  void post_after(std::chrono::milliseconds delay, std::function<void()> work) override;

 private:
  using Clock = std::chrono::steady_clock;
  void run();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::multimap<Clock::time_point, std::function<void()>> queue_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace dundun
