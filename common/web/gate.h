// The one round trip to Redis before the handlers of a wake-up run: configuration version and
// rate limits of all its requests. Without Redis the same rules hold per process.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/base/config.h"
#include "common/io/redis.h"

namespace dundun {

struct RateVerdict {
  bool allowed = true;
  int64_t remaining = 0;
  int64_t retry_after_us = 0;
};

// So many requests in a window; a second for most keys.
struct RateLimit {
  int64_t most;
  int64_t window_s = 1;
};

// Generic cell rate algorithm, with a burst of one window's worth. `tat_us` is the state
// (theoretical arrival time), moved on when the request is allowed.
RateVerdict gcra(int64_t now_us, const RateLimit& limit, int64_t& tat_us);

// Limits of one process, for the time without Redis. Thread-safe; bounded.
class LocalLimits {
 public:
  RateVerdict take(int64_t key_id, const RateLimit& limit);
  // Counts a bad key from an address; seconds to wait once there were too many.
  int bad_key(const std::string& address, const Config& config);
  // Whether there were.
  bool blocks(const std::string& address, const Config& config) const;

 private:
  struct BadKeys {
    int count = 0;
    int64_t until_us = 0;
  };
  mutable std::mutex mutex_;
  std::map<std::pair<int64_t, int64_t>, int64_t> tats_;  // by key and window
  std::unordered_map<std::string, BadKeys> bad_keys_;
};

// One a thread.
class Gate {
 public:
  Gate(const Config& config, LocalLimits& local);

  struct Ask {
    int64_t key_id;
    RateLimit limit;
  };
  struct Answers {
    std::optional<int64_t> version;  // config:version; nullopt: Redis is down or has none
    std::vector<RateVerdict> verdicts;
  };
  Answers ask(std::span<const Ask> asks);
  // Puts PostgreSQL's version where Redis has none (after a flush).
  void remember_version(int64_t version);
  // A wrong key from an address: 0, or the seconds for which it is blocked.
  int bad_key(const std::string& address);

 private:
  const Config& config_;
  LocalLimits& local_;
  Redis redis_;
};

}  // namespace dundun
