#include "common/identity/gate.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "common/base/time.h"
#include "tests/support/stack.h"

namespace dundun {
namespace gate_test {

// Windows in which no request more is allowed while a test runs.
constexpr RateLimit kFiveAnHour{5, 3600};
constexpr RateLimit kNineADay{9, 86'400};

class GateOnRedisTest : public testing::Test {
 protected:
  static Config config_of(const std::string& redis_url) {
    Config config;
    config.redis_url = redis_url;
    config.redis_timeout = std::chrono::seconds(5);
    return config;
  }
  // A key that no other test and no earlier run has used.
  static int64_t new_key() {
    static std::mt19937_64 random(std::random_device{}());
    return static_cast<int64_t>(random() >> 2);
  }

  Config config_ = config_of(Stack::shared().redis_url());
  LocalLimits local_;
  Gate gate_{config_, local_};
};

// What Redis counts together is what gcra() counts one by one.
TEST_F(GateOnRedisTest, RequestsThatComeTogetherAreCountedOneByOne) {
  const std::vector<std::pair<int64_t, RateLimit>> limits = {
      {new_key(), kFiveAnHour}, {new_key(), kNineADay}, {new_key(), kNineADay}};
  std::vector<int64_t> tats(limits.size(), 0);
  std::mt19937 random(20);
  int refused = 0;
  for (int round = 0; round < 12; ++round) {
    std::vector<size_t> places(random() % 5);
    for (size_t& place : places) place = random() % limits.size();
    std::vector<Gate::Ask> asks;
    for (const size_t place : places) asks.push_back({limits[place].first, limits[place].second});
    const Gate::Answers answers = gate_.ask(asks);
    ASSERT_EQ(answers.verdicts.size(), asks.size());
    for (size_t i = 0; i < asks.size(); ++i) {
      const RateVerdict& verdict = answers.verdicts[i];
      const RateVerdict expected = gcra(unix_micros(now()), asks[i].limit, tats[places[i]]);
      EXPECT_EQ(verdict.allowed, expected.allowed) << round << " " << i;
      EXPECT_EQ(verdict.remaining, expected.remaining) << round << " " << i;
      constexpr int64_t kTenSeconds = 10'000'000;
      EXPECT_LT(std::abs(verdict.retry_after_us - expected.retry_after_us), kTenSeconds);
      refused += verdict.allowed ? 0 : 1;
    }
  }
  EXPECT_GT(refused, 0);
}

TEST_F(GateOnRedisTest, AnotherWindowIsAnotherCount) {
  const int64_t key = new_key();
  const std::vector<Gate::Ask> asks(3, {key, {2, 3600}});
  EXPECT_FALSE(gate_.ask(asks).verdicts.back().allowed);
  const std::vector<Gate::Ask> others = {{key, {2, 3600}}, {key, {2, 60}}};
  const std::vector<RateVerdict> verdicts = gate_.ask(others).verdicts;
  EXPECT_FALSE(verdicts[0].allowed);
  EXPECT_TRUE(verdicts[1].allowed);
  EXPECT_EQ(verdicts[1].remaining, 1);
}

TEST_F(GateOnRedisTest, WithoutRedisTheProcessCountsForItself) {
  const Config nowhere = config_of("unix:/nonexistent/redis.sock");
  Gate alone(nowhere, local_);
  const std::vector<Gate::Ask> asks(7, {new_key(), kFiveAnHour});
  const std::vector<RateVerdict> verdicts = alone.ask(asks).verdicts;
  ASSERT_EQ(verdicts.size(), 7u);
  EXPECT_TRUE(verdicts[4].allowed);
  EXPECT_FALSE(verdicts[5].allowed);
}

}  // namespace gate_test
}  // namespace dundun
