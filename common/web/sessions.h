// Finds the caller of a session cookie. PostgreSQL is asked for every request, so a revoked session
// is dead at once. Redis holds a copy for the bridge only.
#pragma once

#include <memory>
#include <string>

#include "common/base/config.h"
#include "common/io/pg.h"
#include "common/web/caller.h"
#include "common/web/control.h"
#include "common/web/snapshot.h"

namespace dundun {

class SessionStore {
 public:
  SessionStore(const Config& config, PgPool& pool, SnapshotStore& snapshots, Control& control)
      : config_(config), pool_(pool), snapshots_(snapshots), control_(control) {}

  // The caller for the SHA-256 of a session's token; nullptr inside: unknown, ended or revoked.
  // Notes once a minute that the session is in use.
  Result<std::shared_ptr<const Caller>> caller(const Snapshot& snapshot,
                                               const std::string& token_hash);

 private:
  void touch(const std::string& token_hash);

  const Config& config_;
  PgPool& pool_;
  SnapshotStore& snapshots_;
  Control& control_;
};

}  // namespace dundun
