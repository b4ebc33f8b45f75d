#include "common/base/worker_threads.h"

#include <utility>

namespace dundun {

WorkerThreads::WorkerThreads(int threads, int queue_max, std::function<void()> prepare)
    : threads_max_(threads),
      queue_max_(static_cast<size_t>(queue_max)),
      prepare_(std::move(prepare)) {}

WorkerThreads::~WorkerThreads() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool WorkerThreads::submit(std::function<void()> job) {
  std::lock_guard lock(mutex_);
  if (stopping_ || queue_.size() >= queue_max_) return false;
  if (threads_.empty()) {
    for (int i = 0; i < threads_max_; ++i) threads_.emplace_back([this] { work(); });
  }
  queue_.push_back(std::move(job));
  wake_.notify_one();
  return true;
}

void WorkerThreads::work() {
  if (prepare_) prepare_();
  while (true) {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
    const std::function<void()> job = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    job();
  }
}

}  // namespace dundun
