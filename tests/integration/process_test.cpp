// Of the tests' own support.
#include "tests/support/process.h"

#include <gtest/gtest.h>

#include <thread>

#include "tests/support/wait.h"

namespace dundun {
namespace process_test {

// Fault tests replace what they kill from threads that end before the test does.
TEST(ProcessTest, LivesLongerThanTheThreadThatStartedIt) {
  Process sleeper;
  std::thread([&] {
    sleeper =
        Process({.command = {"sleep", "600"}, .environment = {}, .log = "/dev/null", .folder = ""});
    std::this_thread::sleep_for(std::chrono::milliseconds(200));  // until it runs
  }).join();
  EXPECT_FALSE(wait_until([&] { return !sleeper.running(); }, 0.3));
}

}  // namespace process_test
}  // namespace dundun
