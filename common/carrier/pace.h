// Throughput in segments a second, shared by all processes of all hosts: buckets in Redis (generic
// cell rate algorithm), of routes, carriers, senders. Single messages come first: they take their
// slot even if it lies ahead, and wait for it; campaigns get only what nobody waits for.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "common/base/config.h"
#include "common/base/ids.h"
#include "common/io/redis.h"

namespace dundun {

// A limit that a message must keep to.
struct PaceLimit {
  std::string bucket;  // whose: "route ESMS_KE"
  int segments_per_s;
};

// Thread-safe. Without Redis each process keeps to its own buckets, a share of the rates
// (config.pace_share): fewer than the carrier takes, never more.
class Pace {
 public:
  explicit Pace(const Config& config);

  // How long until the message's slot in all of the buckets: zero, it leaves now. Otherwise the
  // slot is kept, and the same message, asked again in its slot, is not counted again.
  std::chrono::microseconds reserve(const std::vector<PaceLimit>& limits, int segments,
                                    const Uuid& message_id);
  // Zero: taken. Otherwise nothing was taken, and there is nothing to spare for so long.
  std::chrono::microseconds take_spare(const PaceLimit& limit, int64_t segments);

 private:
  std::chrono::microseconds ask(const std::vector<PaceLimit>& limits, const std::string& message,
                                int64_t segments);
  std::chrono::microseconds ask_locally(const std::vector<PaceLimit>& limits, bool waits,
                                        int64_t segments);

  const int share_;
  std::mutex mutex_;
  Redis redis_;
  std::map<std::string, int64_t> local_;  // bucket -> when it is empty again, µs
};

}  // namespace dundun
