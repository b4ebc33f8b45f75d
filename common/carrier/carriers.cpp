#include "common/carrier/carriers.h"

#include <algorithm>
#include <utility>

#include "common/base/log.h"
#include "common/carrier/carrier_file.h"
#include "common/carrier/http/connector.h"
#include "common/carrier/kannel/kannel.h"
#include "common/carrier/loopback.h"
#include "common/carrier/ringcentral/ringcentral.h"
#include "sql/carriers.h"

namespace dundun {
Carriers::Carriers(Executor& executor, const Config& config, Query query)
    : config_(config), query_(std::move(query)), loopback_(make_loopback(executor, config)) {}

Carriers::~Carriers() = default;

void Carriers::reload_if_moved(int64_t config_version) {
  std::lock_guard lock(reload_mutex_);
  if (version_ == config_version) return;
  version_ = config_version;
  reload();
}

void Carriers::reload() {
  constexpr auto& col = sql::carriers_all;
  auto carriers = query_(sql::carriers_all);
  auto routes = query_(sql::routing_routes);
  auto legs = query_(sql::routing_legs);
  auto overrides = query_(sql::routing_overrides);
  if (!carriers || !routes || !legs || !overrides) {
    version_.reset();  // tried again with the next look
    return;
  }
  auto table = std::make_shared<RoutingTable>(read_routing(*routes, *legs, *overrides));
  ByName made;
  for (int row = 0; row < carriers->size(); ++row) {
    const std::string name(carriers->text(row, col.carrier));
    table->carriers[name] = {carriers->i32(row, col.segments_per_s),
                             carriers->i32(row, col.sender_segments_per_s)};
    if (name == kLoopback || carriers->is_null(row, col.kind)) continue;
    made[name] = make(name, std::string(carriers->text(row, col.kind)),
                      std::string(carriers->text(row, col.settings)));
  }
  std::lock_guard lock(mutex_);
  table_ = std::move(table);
  for (auto& [name, old] : std::exchange(carriers_, std::move(made))) {
    const auto now = carriers_.find(name);
    const bool kept = now != carriers_.end() && now->second.connector == old.connector;
    if (!kept && old.connector) retired_.push_back(std::move(old.connector));
  }
}

Carriers::Carrier Carriers::make(const std::string& name, const std::string& kind,
                                 const std::string& settings) {
  auto secrets = read_carrier_file(config_.carrier_secrets_dir, name);
  std::string made_of = kind + "\n" + settings + "\n";
  if (secrets) {
    for (const auto& [field, value] : *secrets) made_of += field + "=" + value + "\n";
  }
  const auto known = carriers_.find(name);
  if (known != carriers_.end() && known->second.made_of == made_of) return known->second;
  const auto complain = [&](const Error& error) {
    log(LogLevel::kError, "carrier_settings",
        {{"carrier", std::string_view(name)}, {"detail", std::string_view(error.message)}});
    return Carrier{made_of, nullptr};
  };
  if (!secrets) return complain(secrets.error());
  if (kind == "ringcentral") {
    auto ringcentral = read_ringcentral_settings(name, settings, *secrets);
    if (!ringcentral) return complain(ringcentral.error());
    return {made_of, make_ringcentral(*ringcentral, config_)};
  }
  if (kind == "http") {
    auto description = read_http_description(settings, *secrets);
    if (!description) return complain(description.error());
    return {made_of, make_http(name, *description)};
  }
  auto kannel = read_kannel_settings(settings, *secrets);
  if (!kannel) return complain(kannel.error());
  return {made_of, make_kannel(*kannel)};
}

Connector* Carriers::find(std::string_view carrier) const {
  if (carrier == kLoopback) return loopback_.get();
  std::lock_guard lock(mutex_);
  const auto found = carriers_.find(carrier);
  return found == carriers_.end() ? nullptr : found->second.connector.get();
}

std::vector<std::string> Carriers::names() const {
  std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, carrier] : carriers_) names.push_back(name);
  return names;
}

std::shared_ptr<const RoutingTable> Carriers::table() const {
  std::lock_guard lock(mutex_);
  return table_;
}

std::vector<LegChoice> Carriers::legs_of(const Submission& submission) const {
  if (submission.environment == Environment::kLive) {
    return table()->legs_of(submission.account_id, submission.route, submission.message_id);
  }
  std::vector<LegChoice> choices(1);
  choices.front().leg.carrier = kLoopback;
  return choices;
}

std::vector<PaceLimit> Carriers::limits_of(const Submission& submission,
                                           WithRoute with_route) const {
  std::vector<PaceLimit> limits;
  if (submission.environment != Environment::kLive) return limits;
  const auto table = this->table();
  const std::string& carrier = submission.carrier;
  if (const auto found = table->routes.find(submission.route); found != table->routes.end()) {
    const auto& [code, route] = *found;
    if (with_route == WithRoute::kYes && route.segments_per_s > 0) {
      limits.push_back({"route " + code, route.segments_per_s});
    }
    const auto leg = std::ranges::find(route.legs, carrier, &RouteLeg::carrier);
    if (leg != route.legs.end() && leg->segments_per_s > 0) {
      limits.push_back({"leg " + code + " " + carrier, leg->segments_per_s});
    }
  }
  if (const auto found = table->carriers.find(carrier); found != table->carriers.end()) {
    const RoutingTable::CarrierLimits& of = found->second;
    if (of.segments_per_s > 0) limits.push_back({"carrier " + carrier, of.segments_per_s});
    if (of.sender_segments_per_s > 0) {
      limits.push_back({"sender " + carrier + " " + submission.sender, of.sender_segments_per_s});
    }
  }
  return limits;
}

}  // namespace dundun
