// How many threads of a loop work at once.
#include "common/base/running_threads.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace dundun {
namespace running_threads_test {

using std::chrono::milliseconds;
constexpr int kThreads = 6;
constexpr milliseconds kPatience{10'000};

// Threads that count how many of them are between two turns.
class RunningThreadsTest : public testing::Test {
 protected:
  void start(RunningThreads& running, const std::function<void()>& work) {
    for (int i = 0; i < kThreads; ++i) {
      threads_.emplace_back([this, &running, work] {
        running.join();
        while (!over_) {
          running.take_turn();
          const int now = ++at_work_;
          for (int seen = most_; now > seen && !most_.compare_exchange_weak(seen, now);) {
          }
          if (!over_) work();
          --at_work_;
          ++rounds_;
        }
        running.stop();
        running.leave();
      });
    }
  }
  void end() {
    over_ = true;
    for (std::thread& thread : threads_) thread.join();
  }
  bool comes(const std::atomic<int>& value, int wanted) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (value < wanted && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(milliseconds(1));
    }
    return value >= wanted;
  }

  std::atomic<bool> over_{false};
  std::atomic<int> at_work_{0}, most_{0}, rounds_{0};
  std::vector<std::thread> threads_;
};

TEST_F(RunningThreadsTest, NoMoreWorkAtOnceThanMay) {
  RunningThreads running(2);
  // Who has joined may finish what he is at: all are there before it counts.
  std::atomic<int> joined{0};
  for (int i = 0; i < kThreads; ++i) {
    threads_.emplace_back([&] {
      running.join();
      ++joined;
      while (joined < kThreads) std::this_thread::yield();
      // Until two have met: on a busy machine that takes its time.
      for (int round = 0; round < 200 || (most_ < 2 && round < 1'000'000); ++round) {
        running.take_turn();
        const int now = ++at_work_;
        for (int seen = most_; now > seen && !most_.compare_exchange_weak(seen, now);) {
        }
        std::this_thread::yield();
        --at_work_;
      }
      running.leave();
    });
  }
  end();
  EXPECT_EQ(most_, 2);
}

TEST_F(RunningThreadsTest, WhoWaitsLetsAnotherRun) {
  RunningThreads running(1);
  std::atomic<int> waiting{0};
  std::atomic<bool> answered{false};
  start(running, [&] {
    const LetOthersRun others;
    ++waiting;
    while (!answered && !over_) std::this_thread::sleep_for(milliseconds(1));
  });
  EXPECT_TRUE(comes(waiting, kThreads)) << waiting << " wait at once";
  answered = true;
  const int before = rounds_;
  EXPECT_TRUE(comes(rounds_, before + kThreads * 3)) << "and all go on";
  end();
}

TEST_F(RunningThreadsTest, WhoWaitsForATurnHearsOfTheEnd) {
  RunningThreads running(1);
  std::atomic<int> begun{0};
  start(running, [&] {
    ++begun;
    while (!over_) std::this_thread::sleep_for(milliseconds(1));
  });
  EXPECT_TRUE(comes(begun, 1));
  end();  // would not return
  EXPECT_EQ(at_work_, 0);
}

TEST_F(RunningThreadsTest, AThreadOfNoLoopNeedNotAsk) {
  const LetOthersRun others;
  const LetOthersRun again;
}

}  // namespace running_threads_test
}  // namespace dundun
