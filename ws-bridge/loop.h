// The one event loop of the bridge: its sockets, hiredis and timers share it.
#pragma once

#include <chrono>
#include <functional>

struct uv_loop_s;
struct uv_timer_s;
struct uv_signal_s;
struct uv_prepare_s;
struct uv_poll_s;

namespace dundun {

class Loop {
 public:
  Loop();
  ~Loop();  // everything that uses the loop must be gone before
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void run();  // until stop()
  void stop();
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

// A descriptor that is closed at the end.
struct Descriptor {
  explicit Descriptor(int number) : fd(number) {}
  ~Descriptor();
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  const int fd;
};

// Says when a descriptor can be read or written. Destroyed before the descriptor is closed.
class FdWatch {
 public:
  enum class Want { kNothing, kRead, kReadAndWrite };
  FdWatch(Loop& loop, int fd, std::function<void(bool can_read, bool can_write)> on_ready);
  ~FdWatch();
  FdWatch(const FdWatch&) = delete;
  FdWatch& operator=(const FdWatch&) = delete;

  void want(Want want);
  void stop() { want(Want::kNothing); }

 private:
  std::function<void(bool, bool)> on_ready_;
  Want want_ = Want::kNothing;
  uv_poll_s* handle_;
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
