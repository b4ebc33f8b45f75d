// GET /routes: a bare array.
#include "common/web/snapshot.h"
#include "handlers/routes/route_json.h"
#include "handlers/routes/routes.h"

namespace dundun {

Task<Response> list_routes(Context& context) {
  JsonWriter json;
  json.begin_array();
  for (const Route& route : context.snapshot.routes) write_route(json, route, RouteName::kShown);
  json.end_array();
  co_return Response::json(json.take());
}

}  // namespace dundun
