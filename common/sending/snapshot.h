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
#include <vector>

#include "common/base/result.h"
#include "common/identity/address_list.h"
#include "common/identity/caller_cache.h"
#include "common/io/pg.h"
#include "common/sms/inbound_rules.h"
#include "common/sms/quote.h"

namespace dundun {

class Snapshot {
 public:
  int64_t version = 0;
  std::vector<Route> routes;         // by code
  std::map<std::string, FxRate> fx;  // currency -> micros per USD
  std::map<std::string, std::string> country_names;
  InboundRules inbound;
  // Carriers that call from networks of their own; of the others every address may call.
  std::map<std::string, std::vector<Network>, std::less<>> carrier_networks;
  CallerCache callers;

  const Route* route_by_code(std::string_view code) const;
  // The first active route of a country.
  const Route* route_for_country(std::string_view country) const;
  std::optional<FxRate> fx_rate(std::string_view currency) const;
};

class SnapshotStore {
 public:
  explicit SnapshotStore(PgPool& pool) : pool_(pool) {}

  // The current snapshot. `redis_version` is what Redis says; nullopt: Redis is down or has none.
  // Asks PostgreSQL for the version if it differs, and otherwise at most once a second. Loads the
  // snapshot if the version moved: whoever heard of the move waits for that, nobody else does. (If
  // Redis is ahead of PostgreSQL, after a restored backup, each call asks.)
  Result<std::shared_ptr<const Snapshot>> at(std::optional<int64_t> redis_version);
  std::shared_ptr<const Snapshot> current() const;

 private:
  Result<std::shared_ptr<const Snapshot>> load();
  Result<std::shared_ptr<const Snapshot>> load_unless_at(int64_t version);

  PgPool& pool_;
  std::mutex loading_;        // one thread loads, who waits for the same takes what it got
  mutable std::mutex mutex_;  // of what follows; never held while PostgreSQL is asked
  std::shared_ptr<const Snapshot> current_;
  std::chrono::steady_clock::time_point asked_at_{};
};

}  // namespace dundun
