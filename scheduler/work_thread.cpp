#include "scheduler/work_thread.h"

namespace dundun {

WorkThread::~WorkThread() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void WorkThread::post_after(std::chrono::milliseconds delay, std::function<void()> work) {
  {
    std::lock_guard lock(mutex_);
    queue_.emplace(Clock::now() + delay, std::move(work));
  }
  wake_.notify_one();
}

void WorkThread::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (queue_.empty()) {
      wake_.wait(lock);
    } else if (queue_.begin()->first > Clock::now()) {
      wake_.wait_until(lock, queue_.begin()->first);
    } else {
      auto work = std::move(queue_.begin()->second);
      queue_.erase(queue_.begin());
      lock.unlock();
      work();
      lock.lock();
    }
  }
}

}  // namespace dundun
