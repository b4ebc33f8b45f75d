// What one process lets leave while Redis is away: its share of each rate, and never more.
#include "common/carrier/pace.h"

#include <gtest/gtest.h>

#include "common/base/time.h"

namespace dundun {
namespace pace_test {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kBurst{100};

Config without_redis(int share) {
  Config config;
  config.redis_url = "unix:/nonexistent/redis.sock";
  config.pace_share = share;
  return config;
}

// What `ask` answers, and how much time went by since `since`: a wait may be shorter by that.
template <class Ask>
void expect_wait(microseconds wanted, Instant since, Ask ask, const std::string& name) {
  const microseconds wait = ask();
  const microseconds passed = now() - since;
  EXPECT_LE(wait, wanted) << name;
  EXPECT_GE(wait, wanted - passed) << name;
}

TEST(PaceWithoutRedisTest, AProcessTakesItsShareOfTheRate) {
  const struct {
    int share, segments_per_s, segments;
    microseconds each;  // what the first message takes
  } cases[] = {{1, 1, 5, seconds(5)},   {4, 1, 1, seconds(4)},           {4, 1, 3, seconds(12)},
               {10, 2, 1, seconds(5)},  {3, 7, 14, seconds(6)},          {1, 1, 60, seconds(60)},
               {4, 50, 50, seconds(4)}, {4, 3, 2, microseconds(2666666)}};
  for (const auto& one : cases) {
    const std::string name = "share " + std::to_string(one.share) + ", rate " +
                             std::to_string(one.segments_per_s) + ", segments " +
                             std::to_string(one.segments);
    Pace pace(without_redis(one.share));
    const PaceLimit limit{"route A", one.segments_per_s};
    const Instant since = now();
    EXPECT_EQ(pace.reserve({limit}, one.segments, new_uuid7()), seconds(0)) << name;
    expect_wait(
        one.each - kBurst, since, [&] { return pace.reserve({limit}, 1, new_uuid7()); }, name);
  }
}

TEST(PaceWithoutRedisTest, WhatHasToWaitTakesNothing) {
  Pace pace(without_redis(4));
  const PaceLimit limit{"route A", 1};
  const Instant since = now();
  EXPECT_EQ(pace.reserve({limit}, 5, new_uuid7()), seconds(0));
  for (int i = 0; i < 5; ++i) {
    expect_wait(
        seconds(20) - kBurst, since, [&] { return pace.reserve({limit}, 5, new_uuid7()); },
        "message");
    expect_wait(
        seconds(20) - kBurst, since, [&] { return pace.take_spare(limit, 100); }, "campaign");
  }
}

TEST(PaceWithoutRedisTest, TheSlowestOfSeveralBucketsDecidesAndEachIsFilled) {
  Pace pace(without_redis(1));
  const PaceLimit route{"route A", 2}, sender{"sender B", 1}, other{"sender C", 1};
  const Instant since = now();
  EXPECT_EQ(pace.reserve({route, sender}, 20, new_uuid7()), seconds(0));
  const auto wait_of = [&](std::vector<PaceLimit> limits) {
    return [&pace, limits] { return pace.reserve(limits, 1, new_uuid7()); };
  };
  expect_wait(seconds(10) - kBurst, since, wait_of({route}), "route");
  expect_wait(seconds(20) - kBurst, since, wait_of({sender}), "sender");
  expect_wait(seconds(20) - kBurst, since, wait_of({route, sender}), "both");
  expect_wait(seconds(20) - kBurst, since, wait_of({sender, route}), "both, turned round");
  expect_wait(seconds(10) - kBurst, since, wait_of({route, other}), "another sender");
  EXPECT_EQ(wait_of({other})(), seconds(0)) << "it was not filled in vain";
}

// A message may leave a burst ahead of the rate; a campaign gets only what nobody waits for.
TEST(PaceWithoutRedisTest, AMessageMayRunAheadAndACampaignMayNot) {
  constexpr int kPerMs = 1'000;
  Pace pace(without_redis(1));
  bool tried = false;
  for (int i = 0; i < 50 && !tried; ++i) {  // again when this machine was too slow
    const PaceLimit limit{"route " + std::to_string(i), 1'000 * kPerMs};
    const Instant since = now();
    EXPECT_EQ(pace.reserve({limit}, 200 * kPerMs, new_uuid7()), seconds(0));
    const microseconds spare = pace.take_spare(limit, 1);
    const microseconds reserved = pace.reserve({limit}, 150 * kPerMs, new_uuid7());
    const microseconds beyond = pace.reserve({limit}, 1, new_uuid7());
    if (now() - since > milliseconds(50)) continue;
    tried = true;
    EXPECT_GT(spare, milliseconds(50));
    EXPECT_LE(spare, milliseconds(100));
    EXPECT_EQ(reserved, seconds(0)) << "a burst ahead";
    EXPECT_GT(beyond, milliseconds(200));
    EXPECT_LE(beyond, milliseconds(250));
  }
  EXPECT_TRUE(tried);
}

TEST(PaceWithoutRedisTest, ACampaignTakesWhatIsSpare) {
  Pace pace(without_redis(2));
  const PaceLimit limit{"route A", 1};
  const Instant since = now();
  EXPECT_EQ(pace.take_spare(limit, 5), seconds(0));
  expect_wait(
      seconds(10) - kBurst, since, [&] { return pace.take_spare(limit, 1); }, "campaign");
}

TEST(PaceWithoutRedisTest, WithoutALimitNothingWaits) {
  Pace pace(without_redis(4));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(pace.reserve({}, 1'000, new_uuid7()), seconds(0));
}

}  // namespace pace_test
}  // namespace dundun
