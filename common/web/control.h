// What a process tells the others through Redis after a commit. Redis may be away: the others then
// learn of a change from PostgreSQL, within a second or two.
#pragma once

#include <mutex>
#include <span>
#include <string>

#include "common/base/config.h"
#include "common/base/time.h"
#include "common/io/redis.h"

namespace dundun {

// Thread-safe.
class Control {
 public:
  explicit Control(const Config& config);

  // Configuration (keys, sessions, accounts, routes, prices …) is now at this version: every
  // process loads it before its next request, and the bridge asks anew for who listens to it.
  void configuration_moved(int64_t version);

  // The copy of a session that the bridge looks at first (its form: ws-bridge/key_lookup.cpp).
  struct SessionCopy {
    std::string token_hash;  // SHA-256, 32 raw bytes
    int64_t account_id;
    Instant expires_at;
  };
  enum class Copy { kNew, kRenewed };  // a renewed one that was forgotten meanwhile stays so
  void keep_session(const SessionCopy& session, Copy copy);
  // They have been revoked: their sockets end within a second.
  void forget_sessions(std::span<const std::string> token_hashes);

 private:
  std::mutex mutex_;
  Redis redis_;
};

}  // namespace dundun
