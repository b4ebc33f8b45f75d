// How many messages may leave from one number in a minute, by all processes of all hosts together:
// a sliding window in Redis, in which a message that has to wait has its place.
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

// Not thread-safe. Without Redis each process keeps to its own share (config.pace_share) of the
// window: fewer than may leave, never more.
class NumberPace {
 public:
  NumberPace(const Config& config, int messages_per_minute);

  // Zero: the message leaves now, and is counted. Otherwise its place comes after so long; the same
  // message, asked again then, is not counted again.
  std::chrono::milliseconds reserve(const std::string& number, const Uuid& message_id);

 private:
  std::chrono::milliseconds reserve_locally(const std::string& number);

  const int most_;
  const int most_alone_;
  Redis redis_;
  std::map<std::string, std::deque<int64_t>> local_;  // number -> when its last messages left, µs
};

}  // namespace dundun
