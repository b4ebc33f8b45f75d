// By which carriers a message may leave, in which order, and why not by the others. Pure: the same
// function chooses a carrier and explains the choice later.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/ids.h"
#include "common/base/money.h"
#include "common/base/result.h"
#include "common/io/pg.h"
#include "common/sms/environment.h"

namespace dundun {

// The carrier that sends nothing; the only one for test keys.
inline constexpr std::string_view kLoopback = "loopback";

// A carrier of a route (table route_carriers).
struct RouteLeg {
  std::string carrier;
  int priority = 1;                   // the smallest is first
  int weight = 1;                     // share of the messages among equal priorities
  std::optional<Micros> cost_micros;  // USD micros a segment
  int segments_per_s = 0;             // of this route by this carrier; 0: no limit
  bool active = true;
};

enum class LegPolicy {
  kPriority,   // by priority; equals share by weight
  kLeastCost,  // the cheapest first, unknown costs last; equals by priority
};

// An account's own rule (table carrier_overrides). It may name a carrier that is not one of the
// route's legs.
struct LegOverride {
  enum class Choice {
    kPinned,     // only this one
    kPreferred,  // first, then the others
    kExcluded,   // never
  };
  std::string country;  // empty: all
  std::string route;    // empty: all
  std::string carrier;
  Choice choice = Choice::kPinned;
};

// A leg in the order for one message.
struct LegChoice {
  enum class Standing {
    kUsable,
    kInactive,
    kExcluded,   // by an override
    kNotPinned,  // an override pins another
  };
  RouteLeg leg;
  Standing standing = Standing::kUsable;
  bool overridden = false;  // an override put it first
};

// The usable legs in the order in which they are asked; the others after them. Equal legs share the
// messages by a hash of the message's id, so the same message always gets the same order.
std::vector<LegChoice> order_legs(const std::vector<RouteLeg>& legs, LegPolicy policy,
                                  const std::vector<LegOverride>& overrides, const Uuid& message);

std::optional<LegPolicy> parse_leg_policy(std::string_view text);
std::optional<LegOverride::Choice> parse_override_choice(std::string_view text);

// The whole configuration of routing, for all accounts.
struct RoutingTable {
  struct Route {
    std::string country;
    LegPolicy policy = LegPolicy::kPriority;
    int segments_per_s = 0;  // 0: no limit
    std::vector<RouteLeg> legs;
  };
  struct CarrierLimits {
    int segments_per_s = 0;
    int sender_segments_per_s = 0;  // of one sender ID
  };
  std::map<std::string, Route, std::less<>> routes;            // by code
  std::map<int64_t, std::vector<LegOverride>> overrides;       // by account
  std::map<std::string, CarrierLimits, std::less<>> carriers;  // that have one

  // Empty for an unknown route.
  std::vector<LegChoice> legs_of(int64_t account_id, std::string_view route,
                                 const Uuid& message) const;
};

// Those of `all` that concern this route or its country.
std::vector<LegOverride> overrides_for(const std::vector<LegOverride>& all, std::string_view route,
                                       std::string_view country);

// Of the columns carrier, priority, weight, cost, segments a second, active.
RouteLeg leg_of_row(const PgRows& rows, int row);
// Of the columns country, route, carrier, choice.
LegOverride override_of_row(const PgRows& rows, int row);
// From the rows of sql::routing_routes, routing_legs and routing_overrides.
RoutingTable read_routing(const PgRows& routes, const PgRows& legs, const PgRows& overrides);

}  // namespace dundun
