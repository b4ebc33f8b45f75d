// Reads that may be a little old: from a standby (DATABASE_URL_READ), if there is one, it follows
// closely and answers; else from the primary. Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "common/base/config.h"
#include "common/io/pg.h"

namespace dundun {

class Replica {
 public:
  Replica(const Config& config, PgPool& primary);

  // As of PgPool. What fails at the standby is asked again at the primary.
  Result<PgRows> run(const Statement& statement, std::span<const PgParam> params,
                     std::optional<int64_t> account_id = std::nullopt);
  template <class... Values>
  Result<PgRows> query(const Statement& statement, const Values&... values) {
    const std::array<PgParam, sizeof...(Values)> params{PgParam(values)...};
    return run(statement, std::span<const PgParam>(params));
  }
  // Sees rows of this account alone (Pg::restrict_to).
  template <class... Values>
  Result<PgRows> query_of(int64_t account_id, const Statement& statement, const Values&... values) {
    const std::array<PgParam, sizeof...(Values)> params{PgParam(values)...};
    return run(statement, std::span<const PgParam>(params), account_id);
  }

  // Whether reads may go there: it is a standby of our database, and lacks no more than the last
  // REPLICA_LAG_MAX_MS. Asks it at most every half a second.
  bool usable();
  // It failed: nobody asks it until the next look.
  void avoid();

 private:
  using Clock = std::chrono::steady_clock;
  bool look();
  bool is_ours(const std::string& server);

  const Config& config_;
  PgPool& primary_;
  std::unique_ptr<PgPool> standby_;  // null: DATABASE_URL_READ is not set
  std::atomic<bool> usable_{false};
  std::mutex mutex_;  // who looks; the others go by what was seen
  Clock::time_point next_look_{};
  std::optional<std::string> ours_;  // what the primary calls itself
  std::optional<bool> was_usable_;
};

}  // namespace dundun
