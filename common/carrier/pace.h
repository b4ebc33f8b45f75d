// A route's throughput in segments a second, shared by all processes of all hosts: a bucket in
// Redis (generic cell rate algorithm). Single messages come first: they take their slot even if it
// lies ahead, and wait for it; campaigns get only what nobody waits for.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "common/base/config.h"
#include "common/carrier/connector.h"
#include "common/io/redis.h"

namespace dundun {

// Thread-safe. Without Redis each process keeps to its own bucket, a share of the rate
// (config.pace_share): fewer than the carrier takes, never more.
class Pace {
 public:
  explicit Pace(const Config& config);

  // How long until the message's slot: zero, it leaves now. Otherwise the slot is kept, and the
  // same message, asked again in its slot, is not counted again.
  std::chrono::microseconds reserve(const RoutePace& pace, int segments, const Uuid& message_id);
  // Zero: taken. Otherwise nothing was taken, and there is nothing to spare for so long.
  std::chrono::microseconds take_spare(const RoutePace& pace, int64_t segments);

 private:
  std::chrono::microseconds ask(const RoutePace& pace, const std::string& message,
                                int64_t segments);
  std::chrono::microseconds ask_locally(const RoutePace& pace, bool waits, int64_t segments);

  const int share_;
  std::mutex mutex_;
  Redis redis_;
  std::map<std::string, int64_t> local_;  // route -> when its bucket is empty again, µs
};

// Keeps single messages to their route's throughput: one whose slot lies ahead is answered
// kPaced and comes back then.
std::unique_ptr<Connector> make_paced(Connector& carrier, Pace& pace);

}  // namespace dundun
