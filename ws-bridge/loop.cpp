#include "ws-bridge/loop.h"

#include <uv.h>

#include <memory>
#include <utility>

namespace dundun {
namespace {

struct Work {
  uv_work_t request;
  std::function<void()> in_worker;
  std::function<void()> done;
};

uint64_t ticks(std::chrono::milliseconds duration) {
  return static_cast<uint64_t>(duration.count());
}

template <class Handle>
void close_and_free(Handle* handle) {
  handle->data = nullptr;
  uv_close(reinterpret_cast<uv_handle_t*>(handle),
           [](uv_handle_t* closed) noexcept { delete reinterpret_cast<Handle*>(closed); });
}

}  // namespace

Loop::Loop() : loop_(new uv_loop_t) { uv_loop_init(loop_); }

Loop::~Loop() {
  while (uv_loop_close(loop_) == UV_EBUSY) uv_run(loop_, UV_RUN_ONCE);
  delete loop_;
}

void Loop::run() { uv_run(loop_, UV_RUN_DEFAULT); }

void Loop::stop() { uv_stop(loop_); }

void Loop::drain() {
  for (int i = 0; i < 8; ++i) uv_run(loop_, UV_RUN_NOWAIT);
}

void Loop::wait_once() { uv_run(loop_, UV_RUN_ONCE); }

void Loop::work(std::function<void()> in_worker, std::function<void()> done) {
  auto work = std::make_unique<Work>(Work{{}, std::move(in_worker), std::move(done)});
  work->request.data = work.get();
  const int status = uv_queue_work(
      loop_, &work->request,
      [](uv_work_t* request) noexcept { static_cast<Work*>(request->data)->in_worker(); },
      [](uv_work_t* request, int) noexcept {
        const std::unique_ptr<Work> finished(static_cast<Work*>(request->data));
        finished->done();
      });
  if (status == 0) static_cast<void>(work.release());
}

Timer::Timer(Loop& loop, std::function<void()> on_time)
    : on_time_(std::move(on_time)), handle_(new uv_timer_t) {
  uv_timer_init(loop.raw(), handle_);
  handle_->data = this;
}

Timer::~Timer() { close_and_free(handle_); }

void Timer::once(std::chrono::milliseconds delay) {
  // libuv counts from the loop's cached time, which a long callback lets fall behind.
  uv_update_time(handle_->loop);
  uv_timer_start(
      handle_, [](uv_timer_t* timer) noexcept { static_cast<Timer*>(timer->data)->on_time_(); },
      ticks(delay), 0);
}

void Timer::every(std::chrono::milliseconds period) {
  uv_timer_start(
      handle_, [](uv_timer_t* timer) noexcept { static_cast<Timer*>(timer->data)->on_time_(); },
      ticks(period), ticks(period));
}

void Timer::stop() { uv_timer_stop(handle_); }

BeforeWait::BeforeWait(Loop& loop, std::function<void()> on_wait)
    : on_wait_(std::move(on_wait)), handle_(new uv_prepare_t) {
  uv_prepare_init(loop.raw(), handle_);
  handle_->data = this;
  uv_prepare_start(handle_, [](uv_prepare_t* prepare) noexcept {
    if (prepare->data != nullptr) static_cast<BeforeWait*>(prepare->data)->on_wait_();
  });
}

BeforeWait::~BeforeWait() { close_and_free(handle_); }

SignalWatch::SignalWatch(Loop& loop, int signal_number, std::function<void()> on_signal)
    : on_signal_(std::move(on_signal)), handle_(new uv_signal_t) {
  uv_signal_init(loop.raw(), handle_);
  handle_->data = this;
  uv_signal_start(
      handle_,
      [](uv_signal_t* watch, int) noexcept {
        static_cast<SignalWatch*>(watch->data)->on_signal_();
      },
      signal_number);
}

SignalWatch::~SignalWatch() { close_and_free(handle_); }

}  // namespace dundun
