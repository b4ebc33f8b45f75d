#include "common/carrier/routing.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include "sql/carriers.h"
#include "sql/explain.h"

namespace dundun {
namespace {

using Standing = LegChoice::Standing;
using Choice = LegOverride::Choice;

// A number in (0, 1] that message and carrier alone decide (FNV-1a, mixed as in MurmurHash3).
double chance(const Uuid& message, std::string_view carrier) {
  uint64_t hash = 0xcbf29ce484222325;
  const auto take = [&hash](uint8_t byte) { hash = (hash ^ byte) * 0x100000001b3; };
  for (const uint8_t byte : message.bytes) take(byte);
  for (const char byte : carrier) take(static_cast<uint8_t>(byte));
  hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
  hash ^= hash >> 33;
  constexpr int kMantissaBits = 53;
  return std::ldexp(static_cast<double>((hash >> (64 - kMantissaBits)) + 1), -kMantissaBits);
}

// Weighted rendezvous hashing: the least comes first as often as its weight's share.
double draw(const Uuid& message, const RouteLeg& leg) {
  return -std::log(chance(message, leg.carrier)) / leg.weight;
}

Standing standing_of(const RouteLeg& leg, const std::vector<LegOverride>& overrides) {
  const auto is = [&](Choice choice) {
    return std::ranges::any_of(overrides, [&](const LegOverride& one) {
      return one.choice == choice && one.carrier == leg.carrier;
    });
  };
  const bool any_pinned = std::ranges::any_of(
      overrides, [](const LegOverride& one) { return one.choice == Choice::kPinned; });
  if (is(Choice::kExcluded)) return Standing::kExcluded;
  if (any_pinned && !is(Choice::kPinned)) return Standing::kNotPinned;
  return leg.active ? Standing::kUsable : Standing::kInactive;
}

bool is_wanted(const RouteLeg& leg, const std::vector<LegOverride>& overrides) {
  return std::ranges::any_of(overrides, [&](const LegOverride& one) {
    return one.choice != Choice::kExcluded && one.carrier == leg.carrier;
  });
}

// Carriers that only an override knows: after all of the route's own.
std::vector<RouteLeg> with_overrides(std::vector<RouteLeg> legs,
                                     const std::vector<LegOverride>& overrides) {
  for (const LegOverride& one : overrides) {
    const bool known = std::ranges::find(legs, one.carrier, &RouteLeg::carrier) != legs.end();
    if (known || one.choice == Choice::kExcluded) continue;
    RouteLeg leg;
    leg.carrier = one.carrier;
    leg.priority = std::numeric_limits<int>::max();
    legs.push_back(std::move(leg));
  }
  return legs;
}

}  // namespace

std::vector<LegChoice> order_legs(const std::vector<RouteLeg>& legs, LegPolicy policy,
                                  const std::vector<LegOverride>& overrides, const Uuid& message) {
  std::vector<LegChoice> choices;
  for (RouteLeg& leg : with_overrides(legs, overrides)) {
    LegChoice choice;
    choice.standing = standing_of(leg, overrides);
    choice.overridden = choice.standing == Standing::kUsable && is_wanted(leg, overrides);
    choice.leg = std::move(leg);
    choices.push_back(std::move(choice));
  }
  if (choices.size() < 2) return choices;
  const auto key = [&](const LegChoice& choice) {
    constexpr Micros kUnknown = std::numeric_limits<Micros>::max();
    const Micros cost =
        policy == LegPolicy::kLeastCost ? choice.leg.cost_micros.value_or(kUnknown) : 0;
    return std::tuple(choice.standing != Standing::kUsable, !choice.overridden, cost,
                      choice.leg.priority, draw(message, choice.leg));
  };
  std::ranges::sort(choices,
                    [&](const LegChoice& a, const LegChoice& b) { return key(a) < key(b); });
  return choices;
}

std::optional<LegPolicy> parse_leg_policy(std::string_view text) {
  if (text == "priority") return LegPolicy::kPriority;
  if (text == "least_cost") return LegPolicy::kLeastCost;
  return std::nullopt;
}

std::optional<LegOverride::Choice> parse_override_choice(std::string_view text) {
  if (text == "pinned") return Choice::kPinned;
  if (text == "preferred") return Choice::kPreferred;
  if (text == "excluded") return Choice::kExcluded;
  return std::nullopt;
}

std::vector<LegOverride> overrides_for(const std::vector<LegOverride>& all, std::string_view route,
                                       std::string_view country) {
  std::vector<LegOverride> ours;
  for (const LegOverride& one : all) {
    const bool country_fits = one.country.empty() || one.country == country;
    if (country_fits && (one.route.empty() || one.route == route)) ours.push_back(one);
  }
  return ours;
}

std::vector<LegChoice> RoutingTable::legs_of(int64_t account_id, std::string_view route,
                                             const Uuid& message) const {
  const auto found = routes.find(route);
  if (found == routes.end()) return {};
  const auto own = overrides.find(account_id);
  const std::vector<LegOverride> ours =
      own == overrides.end() ? std::vector<LegOverride>()
                             : overrides_for(own->second, route, found->second.country);
  return order_legs(found->second.legs, found->second.policy, ours, message);
}

RouteLeg leg_of_row(const PgRows& rows, int row) {
  constexpr auto& col = sql::legs_then;
  static_assert(begins_with_columns(sql::routing_legs, col));
  RouteLeg leg;
  leg.carrier = rows.text(row, col.carrier);
  leg.priority = rows.i32(row, col.priority);
  leg.weight = rows.i32(row, col.weight);
  if (!rows.is_null(row, col.cost_micros)) leg.cost_micros = rows.i64(row, col.cost_micros);
  leg.segments_per_s = rows.i32(row, col.segments_per_s);
  leg.active = rows.boolean(row, col.is_active);
  return leg;
}

LegOverride override_of_row(const PgRows& rows, int row) {
  constexpr auto& col = sql::overrides_then;
  static_assert(begins_with_columns(sql::routing_overrides, col));
  LegOverride one;
  one.country = rows.text(row, col.country);
  one.route = rows.text(row, col.route);
  one.carrier = rows.text(row, col.carrier);
  one.choice = parse_override_choice(rows.text(row, col.choice)).value_or(Choice::kPreferred);
  return one;
}

RoutingTable read_routing(const PgRows& routes, const PgRows& legs, const PgRows& overrides) {
  RoutingTable table;
  for (int row = 0; row < legs.size(); ++row) {
    table.routes[std::string(legs.text(row, sql::routing_legs.code))].legs.push_back(
        leg_of_row(legs, row));
  }
  for (int row = 0; row < routes.size(); ++row) {
    RoutingTable::Route& route =
        table.routes[std::string(routes.text(row, sql::routing_routes.code))];
    route.country = routes.text(row, sql::routing_routes.country);
    route.policy = parse_leg_policy(routes.text(row, sql::routing_routes.policy))
                       .value_or(LegPolicy::kPriority);
    route.segments_per_s = routes.i32(row, sql::routing_routes.segments_per_s);
    if (!route.legs.empty()) continue;
    route.legs.resize(1);
    route.legs.front().carrier = routes.text(row, sql::routing_routes.connector);
  }
  for (int row = 0; row < overrides.size(); ++row) {
    table.overrides[overrides.i64(row, sql::routing_overrides.account_id)].push_back(
        override_of_row(overrides, row));
  }
  return table;
}

}  // namespace dundun
