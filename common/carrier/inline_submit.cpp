#include "common/carrier/inline_submit.h"

namespace dundun {

void InlineSubmit::answer(const std::shared_ptr<State>& state, Executor& executor,
                          SubmitOutcome outcome) {
  state->outcome = std::move(outcome);
  int stage = kAsking;
  // Answered within submit(): await_suspend goes straight on.
  if (state->stage.compare_exchange_strong(stage, kAnswered)) return;
  stage = kWaiting;
  if (state->stage.compare_exchange_strong(stage, kAnswered)) {
    executor.post([state] { state->caller.resume(); });
  } else {
    state->late(std::move(*state->outcome));
  }
}

bool InlineSubmit::await_suspend(std::coroutine_handle<> caller) {
  // Copies: once the stage says kWaiting another thread may resume and destroy this awaitable.
  const std::shared_ptr<State> state = state_;
  Executor& executor = executor_;
  const std::chrono::milliseconds wait_max = wait_max_;
  state->caller = caller;
  connector_.submit(submission_, [state, &executor](SubmitOutcome outcome) {
    answer(state, executor, std::move(outcome));
  });
  int asking = kAsking;
  if (!state->stage.compare_exchange_strong(asking, kWaiting)) return false;
  executor.post_after(wait_max, [state] {
    int waiting = kWaiting;
    if (state->stage.compare_exchange_strong(waiting, kGaveUp)) state->caller.resume();
  });
  return true;
}

std::optional<SubmitOutcome> InlineSubmit::await_resume() {
  if (state_->stage.load() != kAnswered) return std::nullopt;
  return std::move(state_->outcome);
}

}  // namespace dundun
