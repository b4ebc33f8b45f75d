// GET /routes: a bare array.
#include "common/sending/snapshot.h"
#include "handlers/routes/endpoints.h"
#include "handlers/routes/route_json.h"

namespace dundun {

Result<Response> list_routes(Context& context) {
  JsonWriter json;
  json.begin_array();
  for (const Route& route : context.snapshot.routes) write_route(json, route, RouteName::kShown);
  json.end_array();
  return Response::json(json.take());
}

}  // namespace dundun
