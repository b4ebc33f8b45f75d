#include "common/base/running_threads.h"

namespace dundun {
namespace {

thread_local RunningThreads* running_threads = nullptr;  // that this thread belongs to

}  // namespace

void RunningThreads::join() {
  running_threads = this;
  go_on();
}

void RunningThreads::leave() {
  running_threads = nullptr;
  pause();
}

void RunningThreads::take_turn() {
  std::unique_lock lock(mutex_);
  if (running_ <= most_ || stopped_) return;
  running_ -= 1;
  waiting_ += 1;
  turn_.wait(lock, [this] { return running_ < most_ || stopped_; });
  waiting_ -= 1;
  running_ += 1;
}

void RunningThreads::stop() {
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  turn_.notify_all();
}

void RunningThreads::pause() {
  bool is_wanted = false;
  {
    std::lock_guard lock(mutex_);
    running_ -= 1;
    is_wanted = waiting_ > 0 && running_ < most_;
  }
  if (is_wanted) turn_.notify_one();
}

// Never waits: what the thread has begun is finished first.
void RunningThreads::go_on() {
  std::lock_guard lock(mutex_);
  running_ += 1;
}

LetOthersRun::LetOthersRun() : threads_(running_threads) {
  if (threads_ != nullptr) threads_->pause();
}

LetOthersRun::~LetOthersRun() {
  if (threads_ != nullptr) threads_->go_on();
}

}  // namespace dundun
