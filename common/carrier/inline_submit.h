// Waits for a carrier's answer without a thread. `co_await InlineSubmit(…)` gives the outcome, or
// nothing if the carrier takes longer than the route's inline_wait_ms. A later outcome goes to
// `late`, so that it is recorded too.
#pragma once

#include <atomic>
#include <chrono>
#include <coroutine>
#include <functional>
#include <memory>
#include <optional>

#include "common/carrier/connector.h"

namespace dundun {

class InlineSubmit {
 public:
  InlineSubmit(Connector& connector, const Submission& submission, Executor& executor,
               std::chrono::milliseconds wait_max, std::function<void(SubmitOutcome)> late)
      : connector_(connector), submission_(submission), executor_(executor), wait_max_(wait_max) {
    state_->late = std::move(late);
  }

  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> caller);
  std::optional<SubmitOutcome> await_resume();

 private:
  enum Stage { kAsking, kWaiting, kAnswered, kGaveUp };
  // Lives longer than the coroutine, because the carrier may answer long after it.
  struct State {
    std::atomic<int> stage{kAsking};
    std::coroutine_handle<> caller;
    std::optional<SubmitOutcome> outcome;
    std::function<void(SubmitOutcome)> late;
  };
  static void answer(const std::shared_ptr<State>& state, Executor& executor,
                     SubmitOutcome outcome);

  Connector& connector_;
  const Submission& submission_;
  Executor& executor_;
  std::chrono::milliseconds wait_max_;
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace dundun
