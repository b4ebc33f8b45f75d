// GET /routes/health: how well each route delivers (api.md 5.7). From the rollup of messages that
// have ended: what is under way says nothing yet.
#include <map>

#include "common/io/json.h"
#include "handlers/routes/routes.h"
#include "sql/statements.h"

namespace dundun {
namespace {

struct Ended {
  int64_t delivered = 0;
  int64_t failed = 0;
};

constexpr double kOkPercent = 80;
constexpr double kWarnPercent = 50;

void write_health(JsonWriter& json, const Route& route, const Ended& ended) {
  const int64_t total = ended.delivered + ended.failed;
  json.begin_object()
      .member("code", std::string_view(route.code))
      .member("country_code", std::string_view(route.country))
      .member("total", total)
      .member("delivered", ended.delivered)
      .member("failed", ended.failed)
      .key("delivery_rate");
  if (total == 0) {
    json.null().member("status", "unknown").end_object();
    return;
  }
  const double rate = 100.0 * static_cast<double>(ended.delivered) / static_cast<double>(total);
  json.decimal(rate, 1)
      .member("status", rate >= kOkPercent     ? "ok"
                        : rate >= kWarnPercent ? "warn"
                                               : "down")
      .end_object();
}

}  // namespace

Task<Response> routes_health(Context& context) {
  const PgRows rows = co_await context.app.pg.query(
      sql::route_health, static_cast<int32_t>(context.app.config.route_health_hours));
  std::map<std::string, Ended, std::less<>> ended;
  for (int row = 0; row < rows.size(); ++row) {
    ended[std::string(rows.text(row, 0))] = {rows.i64(row, 1), rows.i64(row, 2)};
  }
  JsonWriter json;
  json.begin_array();
  for (const Route& route : context.snapshot.routes) {
    if (route.active) write_health(json, route, ended[route.code]);
  }
  json.end_array();
  co_return Response::json(json.take());
}

}  // namespace dundun
