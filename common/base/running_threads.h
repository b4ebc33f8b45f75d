// How many threads of a serve loop work at once. Requests that come while all of them work are
// taken together by the next that is ready: one round trip to Redis, one wake-up of the journal. A
// thread more would take each on its own, on a core that others need.
#pragma once

#include <condition_variable>
#include <mutex>

namespace dundun {

class RunningThreads {
 public:
  explicit RunningThreads(int most) : most_(most) {}
  RunningThreads(const RunningThreads&) = delete;

  // The calling thread belongs to these from now on, until leave().
  void join();
  void leave();
  // Waits while more than `most` work: between two rounds of the loop.
  void take_turn();
  // Lets all take their turn: the loop ends.
  void stop();

 private:
  friend class LetOthersRun;
  void pause();
  void go_on();

  const int most_;
  std::mutex mutex_;
  std::condition_variable turn_;
  int running_ = 0;
  int waiting_ = 0;
  bool stopped_ = false;
};

// While it lives, another thread may run instead of this one, which waits for something. Nothing
// for a thread that belongs to no RunningThreads.
class LetOthersRun {
 public:
  LetOthersRun();
  ~LetOthersRun();
  LetOthersRun(const LetOthersRun&) = delete;

 private:
  RunningThreads* const threads_;
};

}  // namespace dundun
