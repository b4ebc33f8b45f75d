// The one event loop of the bridge: libwebsockets, hiredis and our own timers share it.
#pragma once

#include <chrono>
#include <functional>

struct uv_loop_s;
struct uv_timer_s;
struct uv_signal_s;
struct uv_prepare_s;

namespace dundun {

class Loop {
 public:
  Loop();
  ~Loop();  // everything that uses the loop must be gone before
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void run();  // until stop()
  void stop();
  void drain();      // lets closing handles finish, without waiting for anything
  void wait_once();  // until something happened
  // `in_worker` runs on another thread, then `done` on the loop's. A lookup may take seconds
  // there without holding up a socket.
  void work(std::function<void()> in_worker, std::function<void()> done);
  uv_loop_s* raw() { return loop_; }

 private:
  uv_loop_s* loop_;
};

class Timer {
 public:
  Timer(Loop& loop, std::function<void()> on_time);
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  void once(std::chrono::milliseconds delay);
  void every(std::chrono::milliseconds period);
  void stop();

 private:
  std::function<void()> on_time_;
  uv_timer_s* handle_;  // freed by the loop, after us
};

// Calls `on_wait` each time before the loop waits, so that work that was gathered is done at once.
class BeforeWait {
 public:
  BeforeWait(Loop& loop, std::function<void()> on_wait);
  ~BeforeWait();
  BeforeWait(const BeforeWait&) = delete;
  BeforeWait& operator=(const BeforeWait&) = delete;

 private:
  std::function<void()> on_wait_;
  uv_prepare_s* handle_;
};

class SignalWatch {
 public:
  SignalWatch(Loop& loop, int signal_number, std::function<void()> on_signal);
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

 private:
  std::function<void()> on_signal_;
  uv_signal_s* handle_;
};

}  // namespace dundun
