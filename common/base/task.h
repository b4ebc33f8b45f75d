// Task<Response>: the coroutine of a handler that waits. Inside it, `co_await` of a Result gives
// the value, or ends the task with the error. `co_await journal.commit(…)` and waits for a carrier
// suspend it. With g++ 12, what is used after the first suspension must live in the Context.
#pragma once

#include <atomic>
#include <coroutine>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "common/base/result.h"

namespace dundun {

template <class T>
class Task;

// `co_await Settled(task)` gives the task's Result instead of ending with its error.
template <class T>
struct Settled {
  explicit Settled(Task<T> awaited) : task(std::move(awaited)) {}
  Task<T> task;
};

template <class T>
class [[nodiscard]] Task {
 public:
  struct promise_type;
  using Handle = std::coroutine_handle<promise_type>;

  explicit Task(Handle handle) : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (handle_) handle_.destroy();
  }

  // Starts it. `done` runs exactly once, on whichever thread finishes, and may destroy the task.
  void start(std::function<void(Result<T>)> done) {
    handle_.promise().done = std::move(done);
    handle_.resume();
  }

  struct promise_type {
    std::function<void(Result<T>)> done;
    std::optional<Result<T>> result;

    Task get_return_object() { return Task(Handle::from_promise(*this)); }
    std::suspend_always initial_suspend() noexcept { return {}; }

    struct Finish {
      bool await_ready() noexcept { return false; }
      void await_suspend(Handle handle) noexcept { handle.promise().complete(); }
      void await_resume() noexcept {}
    };
    Finish final_suspend() noexcept { return {}; }

    void return_value(T value) { result.emplace(std::move(value)); }
    void return_value(Error error) { result.emplace(std::move(error)); }
    void unhandled_exception() {
      result.emplace(fail(ErrorCode::kInternal, "Internal server error", "exception in handler"));
    }

    // Moves both out first: `done` may destroy this frame.
    void complete() noexcept {
      auto finish = std::move(done);
      auto outcome = std::move(*result);
      finish(std::move(outcome));
    }

    template <class U>
    struct Unwrap {
      Result<U> value;
      bool await_ready() const noexcept { return value.has_value(); }
      void await_suspend(Handle handle) noexcept {
        handle.promise().result.emplace(std::move(value).error());
        handle.promise().complete();
      }
      U await_resume() { return *std::move(value); }
    };
    template <class U>
    Unwrap<U> await_transform(Result<U> value) {
      return Unwrap<U>{std::move(value)};
    }
    // Runs another task. Its completion and our suspension race; the later of the two goes on.
    template <class U>
    struct Child {
      Task<U> child;
      std::optional<Result<U>> value;

      bool await_ready() const noexcept { return false; }
      template <class GoOn>
      bool run(GoOn go_on) {  // whether we suspend
        auto second = std::make_shared<std::atomic<bool>>(false);
        child.start([this, second, go_on](Result<U> outcome) {
          value.emplace(std::move(outcome));
          if (second->exchange(true)) go_on();
        });
        return !second->exchange(true);
      }
    };
    // Its value, or the end of this one with its error.
    template <class U>
    struct Join : Child<U> {
      bool await_suspend(Handle parent) {
        if (this->run([this, parent] { *this->value ? parent.resume() : end(parent); }))
          return true;
        if (*this->value) return false;
        end(parent);
        return true;
      }
      U await_resume() { return **std::move(this->value); }
      void end(Handle parent) {
        parent.promise().result.emplace(std::move(*this->value).error());
        parent.promise().complete();
      }
    };
    // Its outcome, good or bad.
    template <class U>
    struct Settle : Child<U> {
      bool await_suspend(Handle parent) {
        return this->run([parent] { parent.resume(); });
      }
      Result<U> await_resume() { return *std::move(this->value); }
    };
    template <class U>
    Join<U> await_transform(Task<U> child) {
      return Join<U>{{std::move(child), std::nullopt}};
    }
    template <class U>
    Settle<U> await_transform(Settled<U> settled) {
      return Settle<U>{{std::move(settled.task), std::nullopt}};
    }
    template <class Awaitable>
    Awaitable&& await_transform(Awaitable&& awaitable) {
      return std::forward<Awaitable>(awaitable);
    }
  };

 private:
  Handle handle_;
};

}  // namespace dundun
