// GET /pricing: public, cacheable.
#include "common/base/config.h"
#include "common/identity/control.h"
#include "common/sending/snapshot.h"
#include "handlers/routes/endpoints.h"
#include "handlers/routes/route_json.h"

namespace dundun {

Result<Response> list_pricing(Context& context) {
  // Public, so the snapshot may be the empty one of a process that never reached PostgreSQL.
  if (context.snapshot.version == 0) return unavailable("no configuration yet");
  JsonWriter json;
  json.begin_array();
  for (const Route& route : context.snapshot.routes) {
    if (route.active) write_route(json, route, RouteName::kHidden);
  }
  json.end_array();
  Response response = Response::json(json.take());
  const std::string max_age = std::to_string(context.services.config.pricing_max_age_s);
  response.headers.emplace_back("Cache-Control", "public, max-age=" + max_age);
  response.headers.emplace_back("ETag", "\"" + std::to_string(context.snapshot.version) + "\"");
  return response;
}

}  // namespace dundun
