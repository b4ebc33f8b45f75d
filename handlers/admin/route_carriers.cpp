// GET and POST /admin/routes/{code}/carriers; PUT and DELETE
// /admin/routes/{code}/carriers/{carrier}: the carriers among which a route chooses. Without any it
// leaves by its connector.
#include <tuple>

#include "common/carrier/breaker.h"
#include "common/carrier/carrier_file.h"
#include "common/carrier/routing.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/sending/snapshot.h"
#include "common/web/audited_change.h"
#include "handlers/admin/endpoints.h"
#include "sql/routing_admin.h"

namespace dundun {
namespace {

constexpr int64_t kPriorityMax = 1000;
constexpr int64_t kWeightMax = 1000;
constexpr int64_t kSegmentsMaxPerS = 1'000'000;

struct Range {
  const char* field;
  int64_t least, most;
};

Result<int> number_in(const JsonObject& object, const Range& range, int standard) {
  const std::optional<int64_t> value = TRY(object.optional_integer(range.field));
  if (!value) return standard;
  if (*value < range.least || *value > range.most) {
    return invalid_field(range.field,
                         std::to_string(range.least) + " to " + std::to_string(range.most),
                         "value_error");
  }
  return static_cast<int>(*value);
}

// What the body says, on top of `leg`.
Result<RouteLeg> parse_leg(const JsonObject& object, RouteLeg leg) {
  leg.priority = TRY(number_in(object, {"priority", 1, kPriorityMax}, leg.priority));
  leg.weight = TRY(number_in(object, {"weight", 1, kWeightMax}, leg.weight));
  leg.segments_per_s =
      TRY(number_in(object, {"segments_per_s", 0, kSegmentsMaxPerS}, leg.segments_per_s));
  const std::optional<Micros> cost = TRY(object.optional_money("cost_per_segment"));
  if (cost && *cost < 0) return invalid_field("cost_per_segment", "0 or more", "value_error");
  if (cost) leg.cost_micros = cost;
  const std::optional<bool> active = TRY(object.optional_bool("is_active"));
  leg.active = active.value_or(leg.active);
  return leg;
}

void write_leg(JsonWriter& json, const RouteLeg& leg) {
  json.begin_object()
      .member("carrier", leg.carrier)
      .member("priority", static_cast<int64_t>(leg.priority))
      .member("weight", static_cast<int64_t>(leg.weight))
      .member("segments_per_s", static_cast<int64_t>(leg.segments_per_s))
      .member("is_active", leg.active)
      .key("cost_per_segment");
  leg.cost_micros ? json.money(*leg.cost_micros) : json.null();
}

std::string leg_json(const RouteLeg& leg) {
  JsonWriter json;
  write_leg(json, leg);
  return json.end_object().take();
}

Result<PgRows> make_leg(AuditedChange& change, const std::string& route, const RouteLeg& leg) {
  return change.run(sql::admin_leg_make, route, leg.carrier, static_cast<int32_t>(leg.priority),
                    static_cast<int32_t>(leg.weight), leg.cost_micros,
                    static_cast<int32_t>(leg.segments_per_s), leg.active);
}

std::string leg_subject(const Context& context, const RouteLeg& leg) {
  return "route " + context.request.parameters.at(0) + " carrier " + leg.carrier;
}

Result<Response> add_leg(Context& context, const RouteLeg& leg) {
  const std::string& route = context.request.parameters.at(0);
  AuditedChange change = TRY(AuditedChange::begin(context));
  if (auto earlier = TRY(change.earlier_answer())) return *std::move(earlier);
  const PgRows exists = TRY(change.run(sql::admin_carrier_exists, leg.carrier));
  if (!exists.boolean(0, 0)) return invalid_field("carrier", "no such carrier", "value_error");
  const PgRows made = TRY(make_leg(change, route, leg));
  if (made.affected() == 0) {
    return fail(ErrorCode::kAlreadyExists, "The route has this carrier.");
  }
  const std::string body = leg_json(leg);
  TRY(change.record({0, "route_carrier.added", leg_subject(context, leg), body}));
  return change.commit(AuditedChange::Effect::kConfiguration, Response::json(body, 201));
}

Result<Response> apply_leg(Context& context, const JsonObject& object) {
  const auto& [route, carrier] =
      std::tie(context.request.parameters.at(0), context.request.parameters.at(1));
  AuditedChange change = TRY(AuditedChange::begin(context));
  const PgRows ended = TRY(change.run(sql::admin_leg_end, route, carrier));
  if (ended.size() == 0) return fail(ErrorCode::kNotFound, "The route has no such carrier");
  const RouteLeg leg = TRY(parse_leg(object, leg_of_row(ended, 0)));
  (void)TRY(make_leg(change, route, leg));
  const std::string body = leg_json(leg);
  TRY(change.record({0, "route_carrier.changed", leg_subject(context, leg), body}));
  TRY(change.commit(AuditedChange::Effect::kConfiguration));
  return Response::json(body);
}

Result<Response> drop_leg(Context& context) {
  const auto& [route, carrier] =
      std::tie(context.request.parameters.at(0), context.request.parameters.at(1));
  AuditedChange change = TRY(AuditedChange::begin(context));
  const PgRows ended = TRY(change.run(sql::admin_leg_end, route, carrier));
  if (ended.size() == 0) return fail(ErrorCode::kNotFound, "The route has no such carrier");
  const RouteLeg leg = leg_of_row(ended, 0);
  TRY(change.record({0, "route_carrier.removed", leg_subject(context, leg), leg_json(leg)}));
  TRY(change.commit(AuditedChange::Effect::kConfiguration));
  return Response{.status = 204, .body = {}, .headers = {}};
}

Result<RouteLeg> parse_leg(const JsonObject& object) {
  RouteLeg leg;
  leg.carrier = TRY(object.required_string("carrier"));
  if (!is_carrier_name(leg.carrier)) {
    return invalid_field("carrier", "the name of a carrier", "value_error");
  }
  return parse_leg(object, std::move(leg));
}

}  // namespace

Result<Response> list_route_carriers(Context& context) {
  const std::string& route = context.request.parameters.at(0);
  if (context.snapshot.route_by_code(route) == nullptr) {
    return fail(ErrorCode::kNotFound, "Route not found");
  }
  const PgRows rows = TRY(context.services.pg.query(sql::admin_legs, route));
  std::vector<std::string> carriers;
  for (int row = 0; row < rows.size(); ++row)
    carriers.emplace_back(rows.text(row, sql::admin_legs.carrier));
  const std::map<std::string, BreakerWord> words = context.services.breakers.words(carriers);
  JsonWriter json;
  json.begin_object().key("carriers").begin_array();
  for (int row = 0; row < rows.size(); ++row) {
    const auto word = words.find(carriers[static_cast<size_t>(row)]);
    const BreakerState state =
        word == words.end() ? BreakerState::kClosed : state_of(word->second, now());
    write_leg(json, leg_of_row(rows, row));
    json.member("breaker", breaker_state_name(state)).end_object();
  }
  json.end_array().end_object();
  return Response::json(json.take());
}

Result<Response> add_route_carrier(Context& context) {
  if (context.snapshot.route_by_code(context.request.parameters.at(0)) == nullptr) {
    return fail(ErrorCode::kNotFound, "Route not found");
  }
  const JsonDocument document = TRY(JsonDocument::parse(context.request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  const RouteLeg leg = TRY(parse_leg(object));
  return add_leg(context, leg);
}

Result<Response> change_route_carrier(Context& context) {
  const JsonDocument document = TRY(JsonDocument::parse(context.request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  return apply_leg(context, object);
}

Result<Response> drop_route_carrier(Context& context) { return drop_leg(context); }

}  // namespace dundun
