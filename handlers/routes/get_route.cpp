// GET /routes/{code}
#include "common/sending/snapshot.h"
#include "handlers/routes/endpoints.h"
#include "handlers/routes/route_json.h"

namespace dundun {

Result<Response> get_route(Context& context) {
  const Route* route = context.snapshot.route_by_code(context.request.parameters.at(0));
  if (route == nullptr) return fail(ErrorCode::kNotFound, "Route not found");
  JsonWriter json;
  write_route(json, *route, RouteName::kShown);
  return Response::json(json.take());
}

}  // namespace dundun
