#include "common/web/snapshot.h"

#include <algorithm>

#include "sql/snapshot.h"

namespace dundun {
namespace {

using std::chrono::steady_clock;

constexpr auto kAskEvery = std::chrono::seconds(1);
// Keys seen since the last reload, good and bad; guesses beyond it just ask PostgreSQL.
constexpr size_t kCallersMax = 100'000;
constexpr int16_t kSenderApproved = 2;
constexpr int16_t kRoleAdmin = 2;

bool contains(const std::vector<std::string>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

Caller caller_of_row(const PgRows& rows) {
  Caller caller;
  caller.key_id = rows.i64(0, 0);
  caller.account_id = rows.i64(0, 1);
  caller.environment = Environment(rows.i16(0, 2));
  const std::vector<std::string> scopes = rows.text_array(0, 3);
  caller.may_send = contains(scopes, "send");
  caller.may_query = contains(scopes, "query");
  caller.may_webhooks = contains(scopes, "webhooks");
  caller.may_admin = contains(scopes, "admin");
  caller.rate_limit = rows.i32(0, 4);
  caller.rate_window_s = rows.i32(0, 12);
  caller.expires_at_unix = rows.i64(0, 5);
  caller.suspended = rows.i16(0, 6) != kAccountActive;
  caller.currency = rows.text(0, 7);
  caller.tenant_id = rows.text(0, 8);
  for (const std::string& text : rows.text_array(0, 11)) {
    // What cannot be read matches nothing, but still limits.
    caller.allowed_networks.push_back(Network::parse(text).value_or(Network{}));
  }
  if (!rows.is_null(0, 9)) {
    caller.app_id = rows.text(0, 9);
    caller.is_platform_admin = rows.i16(0, 10) == kRoleAdmin;
  }
  return caller;
}

Route route_of_row(const PgRows& rows, int row) {
  Route route;
  route.route_id = rows.i32(row, 0);
  route.code = rows.text(row, 1);
  route.name = rows.text(row, 2);
  route.country = rows.text(row, 3);
  route.country_name = rows.text(row, 4);
  route.currency = rows.text(row, 5);
  route.sender_default = rows.text(row, 6);
  route.inline_wait_ms = rows.i32(row, 7);
  route.active = rows.boolean(row, 8);
  route.price_id = rows.i64(row, 9);
  route.price_micros = rows.i64(row, 10);
  return route;
}

}  // namespace

const Route* Snapshot::route_by_code(std::string_view code) const {
  auto found = std::ranges::find(routes, code, &Route::code);
  return found == routes.end() ? nullptr : &*found;
}

const Route* Snapshot::route_for_country(std::string_view country) const {
  auto found = std::ranges::find_if(
      routes, [&](const Route& route) { return route.active && route.country == country; });
  return found == routes.end() ? nullptr : &*found;
}

std::optional<FxRate> Snapshot::fx_rate(std::string_view currency) const {
  auto found = fx.find(std::string(currency));
  if (found == fx.end()) return std::nullopt;
  return found->second;
}

std::shared_ptr<const Snapshot> SnapshotStore::current() const {
  std::lock_guard lock(mutex_);
  return current_;
}

Result<std::shared_ptr<const Snapshot>> SnapshotStore::at(std::optional<int64_t> redis_version) {
  std::lock_guard lock(mutex_);
  const auto at = steady_clock::now();
  const bool moved = !current_ || (redis_version && *redis_version != current_->version);
  if (!moved && at - asked_at_ < kAskEvery) return current_;
  asked_at_ = at;
  // Redis may hold an old number after a failover: only PostgreSQL's says what there is to load.
  auto rows = pool_.run(sql::config_version_now, {});
  if (!rows) {
    if (current_ && !moved) return current_;
    return std::move(rows).error();
  }
  const int64_t version = rows->size() > 0 ? rows->i64(0, 0) : 0;
  if (current_ && version == current_->version) return current_;
  current_ = TRY(load());
  return current_;
}

Result<std::shared_ptr<const Snapshot>> SnapshotStore::load() {
  auto snapshot = std::make_shared<Snapshot>();
  // The version first: what changes while we read moves it again.
  const PgRows version = TRY(pool_.run(sql::config_version_now, {}));
  snapshot->version = version.size() > 0 ? version.i64(0, 0) : 0;
  const PgRows routes = TRY(pool_.run(sql::snapshot_routes, {}));
  for (int row = 0; row < routes.size(); ++row) {
    snapshot->routes.push_back(route_of_row(routes, row));
    snapshot->country_names[snapshot->routes.back().country] = snapshot->routes.back().country_name;
  }
  const PgRows rates = TRY(pool_.run(sql::snapshot_fx, {}));
  for (int row = 0; row < rates.size(); ++row) {
    snapshot->fx[std::string(rates.text(row, 0))] = rates.i64(row, 1);
  }
  snapshot->inbound = TRY(load_inbound_rules(pool_));
  return std::shared_ptr<const Snapshot>(std::move(snapshot));
}

Result<std::vector<SenderIdGrant>> SnapshotStore::sender_ids(const Snapshot& snapshot,
                                                             int64_t account_id) {
  {
    std::lock_guard lock(snapshot.mutex_);
    auto known = snapshot.sender_ids_.find(account_id);
    if (known != snapshot.sender_ids_.end()) return known->second;
  }
  std::vector<SenderIdGrant> grants;
  const PgRows rows = TRY(pool_.run(sql::caller_sender_ids, {account_id}));
  for (int row = 0; row < rows.size(); ++row) {
    grants.push_back({std::string(rows.text(row, 0)), rows.i16(row, 1) == kSenderApproved,
                      rows.text_array(row, 2)});
  }
  std::lock_guard lock(snapshot.mutex_);
  snapshot.sender_ids_.emplace(account_id, grants);
  return grants;
}

Result<std::shared_ptr<const Caller>> SnapshotStore::caller(const Snapshot& snapshot,
                                                            const std::string& hash) {
  {
    std::lock_guard lock(snapshot.mutex_);
    if (auto known = snapshot.callers_.find(hash); known != snapshot.callers_.end()) {
      return known->second;
    }
  }
  std::shared_ptr<const Caller> found;
  const PgRows rows = TRY(pool_.run(sql::caller_by_key, {PgParam::bytea(hash)}));
  if (rows.size() > 0) {
    Caller caller = caller_of_row(rows);
    caller.key_hash = hash;
    caller.sender_ids = TRY(sender_ids(snapshot, caller.account_id));
    found = std::make_shared<const Caller>(std::move(caller));
  }
  std::lock_guard lock(snapshot.mutex_);
  if (snapshot.callers_.size() < kCallersMax) snapshot.callers_.emplace(hash, found);
  return found;
}

}  // namespace dundun
