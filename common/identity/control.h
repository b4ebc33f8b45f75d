// Tells other processes of a commit through Redis. If Redis is away, they learn of the change from
// PostgreSQL within a second or two.
#pragma once

#include <mutex>
#include <string>

#include "common/base/config.h"
#include "common/io/redis.h"

namespace dundun {

// Thread-safe.
class Control {
 public:
  explicit Control(const Config& config);

  // The configuration (keys, sessions, accounts, routes, prices …) is now at this version. Every
  // process loads it before its next request, and the bridge checks its clients again.
  void configuration_moved(int64_t version);

  // Somebody's sessions ended: their sockets end within a second.
  void sessions_ended();

 private:
  std::mutex mutex_;
  Redis redis_;
};

}  // namespace dundun
