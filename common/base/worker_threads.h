// Threads for work that must not hold those of the serve loop, with a bounded queue: a flood is
// refused, not stored.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace dundun {

class WorkerThreads {
 public:
  // `prepare` runs first on each thread.
  WorkerThreads(int threads, int queue_max, std::function<void()> prepare = nullptr);
  ~WorkerThreads();  // finishes what was submitted
  WorkerThreads(const WorkerThreads&) = delete;

  // False: the queue is full, and `job` will not run.
  [[nodiscard]] bool submit(std::function<void()> job);

 private:
  void work();

  const int threads_max_;
  const size_t queue_max_;
  const std::function<void()> prepare_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;  // started by the first job: most binaries need none
};

}  // namespace dundun
