// Finds the caller of a session cookie. PostgreSQL is asked for every request, so a revoked session
// is dead at once.
#pragma once

#include <memory>
#include <string>

#include "common/base/config.h"
#include "common/identity/caller_cache.h"
#include "common/io/pg.h"

namespace dundun {

class SessionStore {
 public:
  SessionStore(const Config& config, PgPool& pool) : config_(config), pool_(pool) {}

  // The caller for the SHA-256 of a session's token; nullptr inside: unknown, ended or revoked.
  // Notes once a minute that the session is in use.
  Result<std::shared_ptr<const Caller>> caller(const CallerCache& known,
                                               const std::string& token_hash);

 private:
  void touch(const std::string& token_hash);

  const Config& config_;
  PgPool& pool_;
};

}  // namespace dundun
