// Limits how many messages leave from one number in a minute, from all processes of all hosts
// together. It is a sliding window in Redis; a message that has to wait has its place in it.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "common/base/config.h"
#include "common/base/ids.h"
#include "common/io/redis.h"

namespace dundun {

// Not thread-safe. Without Redis each process keeps to its share (config.pace_share) of the limit,
// so that all together stay below it.
class NumberPace {
 public:
  NumberPace(const Config& config, int messages_per_minute);

  // Zero: the message leaves now and is counted. Otherwise how long until its place comes; when the
  // same message asks again then, it is not counted again.
  std::chrono::milliseconds reserve(const std::string& number, const Uuid& message_id);

 private:
  std::chrono::milliseconds reserve_locally(const std::string& number);

  const int most_;
  const int most_alone_;
  Redis redis_;
  std::map<std::string, std::deque<int64_t>> local_;  // number -> when its last messages left, µs
};

}  // namespace dundun
