// Limits of throughput in segments a second, of routes, legs, carriers and senders. All processes
// of all hosts share them: they are buckets in Redis (generic cell rate algorithm). Single messages
// come first: a message takes its slot even if that lies ahead, and waits for it. Campaigns get
// only what no message waits for.
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

// Thread-safe. Without Redis each process has its own buckets with a share of the rates
// (config.pace_share), so that all together stay below the limit.
class Pace {
 public:
  explicit Pace(const Config& config);

  // How long until the message's slot in all of these buckets. Zero: it leaves now. Otherwise the
  // slot is kept; when the same message asks again in its slot, it is not counted again.
  std::chrono::microseconds reserve(const std::vector<PaceLimit>& limits, int segments,
                                    const Uuid& message_id);
  // Zero: the segments are taken. Otherwise none are taken, and this is how long none are spare.
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
