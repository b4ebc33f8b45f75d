// Whether the database is still the one that it was, or an earlier state of it that was restored
// (deploy/restoring.md). Keeps how far it had come in Redis and, with WITNESS_DIR, in a file: one
// of the two is enough. Not thread-safe.
#pragma once

#include <optional>
#include <string>

#include "common/base/config.h"
#include "common/base/time.h"
#include "common/io/pg.h"
#include "common/io/redis.h"

namespace dundun {

class RestoreGuard {
 public:
  enum class State {
    kOpen,     // all go on
    kHeld,     // nothing may leave until an operator says so
    kUnknown,  // PostgreSQL does not answer
  };

  RestoreGuard(const Config& config, Pg& pg, Redis& redis);

  // Moves the database's own mark on, and the witnesses after it; or judges a server that is
  // another one or has fallen behind them. Some ten times a minute at least, and before anything
  // leaves.
  State look();

 private:
  // The database whose witness it is: one Redis and one folder may serve several.
  Status learn_name();
  std::optional<Instant> seen_elsewhere();
  void keep(Instant seen);
  void keep_in_file(Instant seen);
  State judge(const std::optional<Instant>& witness);

  const Config& config_;
  Pg& pg_;
  Redis& redis_;
  std::string name_;             // of the database
  std::optional<Instant> seen_;  // by this process
  bool was_held_ = false;
};

}  // namespace dundun
