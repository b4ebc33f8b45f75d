// GET /routes/{code}
#include "common/web/snapshot.h"
#include "handlers/routes/route_json.h"
#include "handlers/routes/routes.h"

namespace dundun {

Task<Response> get_route(Context& context) {
  const Route* route = context.snapshot.route_by_code(context.request.parameters.at(0));
  if (route == nullptr) co_return fail(ErrorCode::kNotFound, "Route not found");
  JsonWriter json;
  write_route(json, *route, RouteName::kShown);
  co_return Response::json(json.take());
}

}  // namespace dundun
