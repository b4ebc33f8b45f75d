// Threads that hash passwords: that takes tens of milliseconds and megabytes.
#pragma once

#include <coroutine>
#include <functional>
#include <optional>
#include <string>

#include "common/base/config.h"
#include "common/base/executor.h"
#include "common/base/worker_threads.h"
#include "common/io/password.h"

namespace dundun {

class PasswordThreads {
 public:
  explicit PasswordThreads(const Config& config);

  // Give it a name and co_await it; the task resumes on the executor with the outcome. kUnavailable
  // if the queue is full.
  template <class T>
  class Work {
   public:
    Work(PasswordThreads& threads, Executor& executor, std::function<Result<T>()> job)
        : threads_(threads), executor_(executor), job_(std::move(job)) {}
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> caller) {
      const bool queued = threads_.workers_.submit([this, caller] {
        result_.emplace(job_());
        executor_.post([caller] { caller.resume(); });
      });
      if (!queued) result_.emplace(unavailable("too many passwords to hash"));
      return queued;
    }
    Result<T> await_resume() { return std::move(*result_); }

   private:
    PasswordThreads& threads_;
    Executor& executor_;
    std::function<Result<T>()> job_;
    std::optional<Result<T>> result_;
  };

  // Passwords are set and compared as opaque_string() writes them.
  // Whether `encoded` was made from `password`. If `encoded` is empty (there is no such user) it
  // works as long and says no.
  Work<bool> verify(std::string encoded, std::string password, Executor& executor);
  Work<std::string> hash(std::string password, Executor& executor);
  const PasswordCost& cost() const { return cost_; }

 private:
  const PasswordCost cost_;
  WorkerThreads workers_;
};

}  // namespace dundun
