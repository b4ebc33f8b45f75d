#include "common/sending/snapshot.h"

#include <algorithm>

#include "sql/inbound.h"
#include "sql/snapshot.h"

namespace dundun {
namespace {

using std::chrono::steady_clock;

constexpr auto kAskEvery = std::chrono::seconds(1);

Route route_of_row(const PgRows& rows, int row) {
  constexpr auto& col = sql::snapshot_routes;
  Route route;
  route.route_id = rows.i32(row, col.route_id);
  route.code = rows.text(row, col.code);
  route.name = rows.text(row, col.name);
  route.country = rows.text(row, col.country);
  route.country_name = rows.text(row, col.country_name);
  route.currency = rows.text(row, col.currency);
  route.sender_default = rows.text(row, col.sender_default);
  route.inline_wait_ms = rows.i32(row, col.inline_wait_ms);
  route.active = rows.boolean(row, col.is_active);
  route.price_id = rows.i64(row, col.price_id);
  route.price_micros = rows.i64(row, col.price_micros);
  return route;
}

Result<InboundRules> load_inbound_rules(PgPool& pool) {
  InboundRules rules;
  const PgRows secrets = TRY(pool.run(sql::snapshot_carriers, {}));
  for (int row = 0; row < secrets.size(); ++row) {
    rules.carriers[std::string(secrets.text(row, sql::snapshot_carriers.carrier))].emplace_back(
        secrets.text(row, sql::snapshot_carriers.secret_hash));
  }
  const PgRows described = TRY(pool.run(sql::snapshot_http_carriers, {}));
  for (int row = 0; row < described.size(); ++row) {
    rules.http_carriers.emplace(described.text(row, sql::snapshot_http_carriers.carrier),
                                described.text(row, sql::snapshot_http_carriers.settings));
  }
  const PgRows words = TRY(pool.run(sql::snapshot_opt_out_words, {}));
  for (int row = 0; row < words.size(); ++row) {
    rules.words.push_back({std::string(words.text(row, sql::snapshot_opt_out_words.word)),
                           OptOutWish(words.i16(row, sql::snapshot_opt_out_words.wish)),
                           std::string(words.text(row, sql::snapshot_opt_out_words.language)),
                           words.text_array(row, sql::snapshot_opt_out_words.countries),
                           words.boolean(row, sql::snapshot_opt_out_words.leads)});
  }
  const PgRows answers = TRY(pool.run(sql::snapshot_opt_out_answers, {}));
  for (int row = 0; row < answers.size(); ++row) {
    const std::pair key{std::string(answers.text(row, sql::snapshot_opt_out_answers.language)),
                        OptOutWish(answers.i16(row, sql::snapshot_opt_out_answers.wish))};
    rules.answers[key] = answers.text(row, sql::snapshot_opt_out_answers.answer);
  }
  return rules;
}

Status load_carrier_networks(PgPool& pool, Snapshot& snapshot) {
  const PgRows rows = TRY(pool.run(sql::snapshot_carrier_networks, {}));
  for (int row = 0; row < rows.size(); ++row) {
    std::vector<Network>& networks =
        snapshot
            .carrier_networks[std::string(rows.text(row, sql::snapshot_carrier_networks.carrier))];
    // What cannot be read is a network that nobody calls from, never an open door.
    for (const std::string& text :
         rows.text_array(row, sql::snapshot_carrier_networks.allowed_addresses)) {
      networks.push_back(Network::parse(text).value_or(Network{}));
    }
  }
  return Done{};
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
  std::shared_ptr<const Snapshot> known;
  bool moved = false;
  {
    std::lock_guard lock(mutex_);
    known = current_;
    moved = !known || (redis_version && *redis_version != known->version);
    const auto at = steady_clock::now();
    if (!moved && at - asked_at_ < kAskEvery) return known;
    asked_at_ = at;
  }
  // Redis may hold an old number after a failover: only PostgreSQL's says what there is to load.
  auto rows = pool_.run(sql::config_version_now, {});
  if (!rows) {
    if (known && !moved) return known;
    return std::move(rows).error();
  }
  const int64_t version = rows->size() > 0 ? rows->i64(0, sql::config_version_now.version) : 0;
  if (known && version == known->version) return known;
  return load_unless_at(version);
}

Result<std::shared_ptr<const Snapshot>> SnapshotStore::load_unless_at(int64_t version) {
  std::lock_guard loading(loading_);
  std::shared_ptr<const Snapshot> loaded = current();
  if (loaded && loaded->version == version) return loaded;
  loaded = TRY(load());
  std::lock_guard lock(mutex_);
  current_ = loaded;
  return loaded;
}

Result<std::shared_ptr<const Snapshot>> SnapshotStore::load() {
  auto snapshot = std::make_shared<Snapshot>();
  // The version first: what changes while we read moves it again.
  const PgRows version = TRY(pool_.run(sql::config_version_now, {}));
  snapshot->version = version.size() > 0 ? version.i64(0, sql::config_version_now.version) : 0;
  const PgRows routes = TRY(pool_.run(sql::snapshot_routes, {}));
  for (int row = 0; row < routes.size(); ++row) {
    snapshot->routes.push_back(route_of_row(routes, row));
    snapshot->country_names[snapshot->routes.back().country] = snapshot->routes.back().country_name;
  }
  const PgRows rates = TRY(pool_.run(sql::snapshot_fx, {}));
  for (int row = 0; row < rates.size(); ++row) {
    snapshot->fx[std::string(rates.text(row, sql::snapshot_fx.currency))] =
        rates.i64(row, sql::snapshot_fx.per_usd_micros);
  }
  snapshot->inbound = TRY(load_inbound_rules(pool_));
  TRY(load_carrier_networks(pool_, *snapshot));
  return std::shared_ptr<const Snapshot>(std::move(snapshot));
}

}  // namespace dundun
