// Tells other processes of a commit through Redis. If Redis is away, they learn of the change from
// PostgreSQL within a second or two.
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

  // The configuration (keys, sessions, accounts, routes, prices …) is now at this version. Every
  // process loads it before its next request, and the bridge checks its clients again.
  void configuration_moved(int64_t version);

  // The copy of a session that the bridge looks at first (its form: ws-bridge/key_lookup.cpp).
  struct SessionCopy {
    std::string token_hash;  // SHA-256, 32 raw bytes
    int64_t account_id;
    Instant expires_at;
  };
  enum class Copy { kNew, kRenewed };  // kRenewed: only if the copy is still there
  void keep_session(const SessionCopy& session, Copy copy);
  // For revoked sessions: their sockets end within a second.
  void forget_sessions(std::span<const std::string> token_hashes);

 private:
  std::mutex mutex_;
  Redis redis_;
};

}  // namespace dundun
