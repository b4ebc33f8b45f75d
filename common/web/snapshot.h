// The process's cached configuration: routes, prices and FX whole, keys as they are used. It moves
// when config:version in Redis differs from its own version; without Redis, and against a writer
// that died between commit and SET, PostgreSQL's number is asked once a second.
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
  // By SHA-256 of the key; nullptr: no such key. Bounded, so guesses cannot fill the memory.
  mutable std::unordered_map<std::string, std::shared_ptr<const Caller>> callers_;
  mutable std::unordered_map<int64_t, std::vector<SenderIdGrant>> sender_ids_;  // by account
};

class SnapshotStore {
 public:
  explicit SnapshotStore(PgPool& pool) : pool_(pool) {}

  // The snapshot for a version number seen in Redis (nullopt: Redis is down or has none; then
  // PostgreSQL's number counts, asked at most once a second). Loads when it moved.
  Result<std::shared_ptr<const Snapshot>> at(std::optional<int64_t> redis_version);
  std::shared_ptr<const Snapshot> current() const;

  // The caller behind a key's SHA-256; nullptr inside: unknown, inactive or expired.
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
