#include "common/carrier/explanation.h"

#include <algorithm>
#include <string>
#include <vector>

#include "common/carrier/routing.h"
#include "sql/explain.h"

namespace dundun {
namespace {

using Standing = LegChoice::Standing;

// The columns of message_journey.
struct Journey {
  std::string route, country;
  Environment environment;
  std::string carrier;  // who took it or was asked last; or empty
  bool taken;
  std::string error;
  Instant at;  // when it left, or ended, or now
  LegPolicy policy;
};

// The answers to journey_calls() and to leg_calls(), by their place.
enum JourneyAnswer : size_t { kJourney, kReroutes };
enum LegAnswer : size_t { kLegs, kOverrides };

Journey journey_of(const PgRows& rows) {
  constexpr auto& col = sql::message_journey;
  Journey journey{};
  journey.route = rows.text(0, col.route);
  journey.country = rows.text(0, col.country);
  journey.environment = Environment(rows.i16(0, col.environment));
  journey.carrier = rows.maybe_text(0, col.carrier).value_or("");
  journey.taken = rows.boolean(0, col.was_submitted);
  journey.error = rows.maybe_text(0, col.error_message).value_or("");
  journey.at = rows.instant(0, col.submitted_at);
  journey.policy =
      parse_leg_policy(rows.maybe_text(0, col.policy).value_or("")).value_or(LegPolicy::kPriority);
  return journey;
}

struct Legs {
  LegPolicy policy = LegPolicy::kPriority;
  std::vector<LegChoice> choices;
};

Legs legs_of(std::span<const PgRows> answers, const Uuid& message_id, const Journey& journey) {
  Legs legs;
  std::vector<RouteLeg> all;
  std::vector<LegOverride> overrides;
  if (journey.environment == Environment::kTest) {
    all.resize(1);
    all.front().carrier = kLoopback;
  } else {
    legs.policy = journey.policy;
    const PgRows& then = answers[kLegs];
    for (int row = 0; row < then.size(); ++row) all.push_back(leg_of_row(then, row));
    for (int row = 0; row < answers[kOverrides].size(); ++row) {
      overrides.push_back(override_of_row(answers[kOverrides], row));
    }
    overrides = overrides_for(overrides, journey.route, journey.country);
  }
  legs.choices = order_legs(all, legs.policy, overrides, message_id);
  return legs;
}

// The columns of message_reroutes: carrier -> what it said when the message went from it to
// another.
std::map<std::string, std::string> refusals_of(const PgRows& rows) {
  std::map<std::string, std::string> refusals;
  for (int row = 0; row < rows.size(); ++row) {
    refusals[std::string(rows.text(row, sql::message_reroutes.carrier))] =
        rows.text(row, sql::message_reroutes.detail);
  }
  return refusals;
}

std::string why_first(const LegChoice& choice, LegPolicy policy) {
  if (choice.overridden) return "chosen for this account";
  return policy == LegPolicy::kLeastCost ? "the cheapest" : "the first by priority";
}

class Reasons {
 public:
  Reasons(const Journey& journey, const Legs& legs, std::map<std::string, std::string> refusals)
      : journey_(journey), legs_(legs), refusals_(std::move(refusals)) {
    const auto asked = std::ranges::find_if(legs_.choices, [&](const LegChoice& choice) {
      return choice.leg.carrier == journey_.carrier;
    });
    asked_ = static_cast<size_t>(asked - legs_.choices.begin());
  }

  std::string of(size_t place) const {
    const LegChoice& choice = legs_.choices[place];
    const auto refused = refusals_.find(choice.leg.carrier);
    if (place != asked_ && refused != refusals_.end()) return "asked: " + refused->second;
    switch (choice.standing) {
      case Standing::kInactive:
        return "was not active";
      case Standing::kExcluded:
        return "excluded for this account";
      case Standing::kNotPinned:
        return "another one is pinned for this account";
      case Standing::kUsable:
        break;
    }
    if (place == asked_) return of_asked(choice, place);
    if (asked_ < legs_.choices.size() && place < asked_) {
      return "passed over: its breaker was open, or it was not set up";
    }
    if (place == 0) return why_first(choice, legs_.policy);
    return of_later(choice, legs_.choices[place - 1]);
  }

 private:
  std::string of_asked(const LegChoice& choice, size_t place) const {
    const std::string why =
        place == 0 ? why_first(choice, legs_.policy) : "the next that could take it";
    if (journey_.taken || journey_.error.empty()) return why;
    return why + ": " + journey_.error;
  }
  std::string of_later(const LegChoice& choice, const LegChoice& before) const {
    const bool by_cost = legs_.policy == LegPolicy::kLeastCost && !before.overridden;
    const bool dearer = by_cost && choice.leg.cost_micros != before.leg.cost_micros;
    return dearer ? "costs more than the one before it" : "comes after the one before it";
  }

  const Journey& journey_;
  const Legs& legs_;
  const std::map<std::string, std::string> refusals_;
  size_t asked_;  // the place of the leg that was asked; the number of legs: none was
};

void write_candidate(JsonWriter& json, const LegChoice& choice, const Journey& journey,
                     CarrierSight sight) {
  json.member("took_it", journey.taken && choice.leg.carrier == journey.carrier);
  if (sight == CarrierSight::kOwner) return;
  json.member("carrier", choice.leg.carrier)
      .member("priority", static_cast<int64_t>(choice.leg.priority))
      .member("weight", static_cast<int64_t>(choice.leg.weight))
      .key("cost_per_segment");
  choice.leg.cost_micros ? json.money(*choice.leg.cost_micros) : json.null();
}

}  // namespace

std::vector<Pg::Call> journey_calls(int64_t account_id, const Uuid& message_id) {
  return {{&sql::message_journey, {account_id, message_id}},
          {&sql::message_reroutes, {account_id, message_id}}};
}

std::vector<Pg::Call> leg_calls(int64_t account_id, std::span<const PgRows> journey) {
  const Journey way = journey_of(journey[kJourney]);
  if (way.environment == Environment::kTest) return {};
  return {{&sql::legs_then, {way.route, way.at}}, {&sql::overrides_then, {account_id, way.at}}};
}

void write_carriers(JsonWriter& json, std::span<const PgRows> journey_answers,
                    std::span<const PgRows> leg_answers, const Uuid& message_id,
                    CarrierSight sight) {
  const Journey journey = journey_of(journey_answers[kJourney]);
  const Legs legs = legs_of(leg_answers, message_id, journey);
  const Reasons reasons(journey, legs, refusals_of(journey_answers[kReroutes]));
  json.key("carriers")
      .begin_object()
      .member("policy", legs.policy == LegPolicy::kLeastCost ? "least_cost" : "priority")
      .member("as_of", format_z(journey.at))
      .key("candidates")
      .begin_array();
  for (size_t place = 0; place < legs.choices.size(); ++place) {
    const std::string reason = reasons.of(place);
    json.begin_object()
        .member("position", static_cast<int64_t>(place + 1))
        .member("reason", reason);
    write_candidate(json, legs.choices[place], journey, sight);
    json.end_object();
  }
  json.end_array().end_object();
}

}  // namespace dundun
