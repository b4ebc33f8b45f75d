// The process's cached configuration: all routes, prices and rates, and each key once it is used.
// It is loaded again when its version in PostgreSQL moves. PostgreSQL is asked for the version when
// config:version in Redis differs, and otherwise once a second: Redis may be down, or the writer
// may have died between its commit and its SET.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/base/result.h"
#include "common/io/pg.h"
#include "common/sms/quote.h"
#include "common/web/caller.h"
#include "common/web/inbound_rules.h"

namespace dundun {

class Snapshot {
 public:
  int64_t version = 0;
  std::vector<Route> routes;         // by code
  std::map<std::string, FxRate> fx;  // currency -> micros per USD
  std::map<std::string, std::string> country_names;
  InboundRules inbound;

  const Route* route_by_code(std::string_view code) const;
  // The first active route of a country.
  const Route* route_for_country(std::string_view country) const;
  std::optional<FxRate> fx_rate(std::string_view currency) const;

 private:
  friend class SnapshotStore;
  mutable std::mutex mutex_;
  // By SHA-256 of the key; nullptr: there is no such key. Bounded, so guesses cannot fill the
  // memory.
  mutable std::unordered_map<std::string, std::shared_ptr<const Caller>> callers_;
  mutable std::unordered_map<int64_t, std::vector<SenderIdGrant>> sender_ids_;  // by account
};

class SnapshotStore {
 public:
  explicit SnapshotStore(PgPool& pool) : pool_(pool) {}

  // The current snapshot. `redis_version` is what Redis says; nullopt: Redis is down or has none.
  // Asks PostgreSQL for the version if it differs, and otherwise at most once a second. Loads the
  // snapshot if the version moved.
  Result<std::shared_ptr<const Snapshot>> at(std::optional<int64_t> redis_version);
  std::shared_ptr<const Snapshot> current() const;

  // The caller for a key's SHA-256; nullptr inside: unknown, inactive or expired.
  Result<std::shared_ptr<const Caller>> caller(const Snapshot& snapshot, const std::string& hash);
  Result<std::vector<SenderIdGrant>> sender_ids(const Snapshot& snapshot, int64_t account_id);

 private:
  Result<std::shared_ptr<const Snapshot>> load();
  PgPool& pool_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Snapshot> current_;
  std::chrono::steady_clock::time_point asked_at_{};
};

}  // namespace dundun
