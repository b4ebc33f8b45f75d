// The one round trip to Redis for all requests that a thread wakes up to: the version of the
// configuration, and the rate limits. Without Redis each process keeps the same limits for itself.
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

// At most `most` requests in a window; one second for most keys.
struct RateLimit {
  int64_t most;
  int64_t window_s = 1;
};

// The generic cell rate algorithm, with a burst of one window. `tat_us` is its state (the
// theoretical arrival time); it moves on when the request is allowed.
RateVerdict gcra(int64_t now_us, const RateLimit& limit, int64_t& tat_us);

// The limits of one process, while Redis is away. Thread-safe; bounded in memory.
class LocalLimits {
 public:
  RateVerdict take(int64_t key_id, const RateLimit& limit);
  // Counts a wrong key from an address: 0, or the seconds to wait if there were too many.
  int bad_key(const std::string& address, const Config& config);
  // The seconds for which an address is blocked; 0: it is not.
  int blocked_s(const std::string& address, const Config& config) const;

 private:
  struct BadKeys {
    int count = 0;
    int64_t until_us = 0;
  };
  mutable std::mutex mutex_;
  std::map<std::pair<int64_t, int64_t>, int64_t> tats_;  // by key and window
  std::unordered_map<std::string, BadKeys> bad_keys_;
};

// Each thread has its own.
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
  // Gives Redis PostgreSQL's version, if Redis has none (after a flush).
  void remember_version(int64_t version);
  // For how many seconds each address is blocked; 0: it is not.
  std::vector<int> blocked_s(std::span<const std::string> addresses);
  // Counts a wrong key from an address: 0, or the seconds for which the address is blocked.
  int bad_key(const std::string& address);

 private:
  const Config& config_;
  LocalLimits& local_;
  Redis redis_;
};

}  // namespace dundun
