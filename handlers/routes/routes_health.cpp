// GET /routes/health: how well each route delivers, and each of its carriers. From the rollup of
// messages that have ended: what is under way says nothing yet.
#include <map>
#include <set>

#include "common/base/config.h"
#include "common/carrier/breaker.h"
#include "common/carrier/explanation.h"
#include "common/carrier/routing.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/sending/snapshot.h"
#include "common/web/replica.h"
#include "handlers/routes/endpoints.h"
#include "sql/carriers.h"
#include "sql/prices.h"

namespace dundun {
namespace {

struct Ended {
  int64_t delivered = 0;
  int64_t failed = 0;
};

using ByCarrier = std::map<std::string, Ended, std::less<>>;

struct Health {
  std::map<std::string, ByCarrier, std::less<>> ended;  // by route
  RoutingTable table;
  std::map<std::string, BreakerWord> breakers;
  CarrierSight sight;
};

constexpr double kOkPercent = 80;
constexpr double kWarnPercent = 50;

double percent(const Ended& ended) {
  return 100.0 * static_cast<double>(ended.delivered) /
         static_cast<double>(ended.delivered + ended.failed);
}

void write_ended(JsonWriter& json, const Ended& ended) {
  const int64_t total = ended.delivered + ended.failed;
  json.member("total", total)
      .member("delivered", ended.delivered)
      .member("failed", ended.failed)
      .key("delivery_rate");
  total == 0 ? json.null() : json.decimal(percent(ended), 1);
}

const char* status_of(const Ended& ended) {
  if (ended.delivered + ended.failed == 0) return "unknown";
  if (percent(ended) >= kOkPercent) return "ok";
  return percent(ended) >= kWarnPercent ? "warn" : "down";
}

void write_carrier(JsonWriter& json, const RouteLeg& leg, const Ended& ended,
                   const Health& health) {
  const auto found = health.breakers.find(leg.carrier);
  const BreakerWord word = found == health.breakers.end() ? BreakerWord{} : found->second;
  json.begin_object();
  write_ended(json, ended);
  json.member("is_active", leg.active).member("breaker", breaker_state_name(state_of(word, now())));
  json.key("last_failure_at");
  const bool ever = unix_micros(word.failed_at) != 0;
  ever ? json.value(std::string_view(format_z(word.failed_at))) : json.null();
  if (health.sight == CarrierSight::kOperator) {
    json.member("carrier", leg.carrier).member("last_error", word.last_error);
  }
  json.end_object();
}

void write_health(JsonWriter& json, const Route& route, Health& health) {
  ByCarrier& by_carrier = health.ended[route.code];
  Ended all;
  for (const auto& [carrier, ended] : by_carrier) {
    all.delivered += ended.delivered;
    all.failed += ended.failed;
  }
  json.begin_object().member("code", route.code).member("country_code", route.country);
  write_ended(json, all);
  json.member("status", status_of(all)).key("carriers").begin_array();
  for (const RouteLeg& leg : health.table.routes[route.code].legs) {
    write_carrier(json, leg, by_carrier[leg.carrier], health);
  }
  json.end_array().end_object();
}

Result<Health> read_health(const Context& context) {
  constexpr auto& col = sql::route_health;
  PgPool& pg = context.services.pg;
  Health health{};
  health.sight = runs_platform(context.caller) ? CarrierSight::kOperator : CarrierSight::kOwner;
  const auto hours = static_cast<int32_t>(context.services.config.route_health_hours);
  const PgRows rows = TRY(context.services.replica.query(sql::route_health, hours));
  for (int row = 0; row < rows.size(); ++row) {
    health.ended[std::string(rows.text(row, col.route))][std::string(rows.text(row, col.carrier))] =
        {rows.i64(row, col.delivered), rows.i64(row, col.failed)};
  }
  const PgRows routes = TRY(pg.query(sql::routing_routes));
  const PgRows legs = TRY(pg.query(sql::routing_legs));
  health.table = read_routing(routes, legs, PgRows{});
  std::set<std::string> carriers;
  for (const auto& [code, route] : health.table.routes) {
    for (const RouteLeg& leg : route.legs) carriers.insert(leg.carrier);
  }
  health.breakers = context.services.breakers.words({carriers.begin(), carriers.end()});
  return health;
}

}  // namespace

Result<Response> routes_health(Context& context) {
  Health health = TRY(read_health(context));
  JsonWriter json;
  json.begin_array();
  for (const Route& route : context.snapshot.routes) {
    if (route.active) write_health(json, route, health);
  }
  json.end_array();
  return Response::json(json.take());
}

}  // namespace dundun
