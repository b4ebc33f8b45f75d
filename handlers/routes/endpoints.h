// The endpoints of the `routes` binary.
#pragma once

#include "common/web/endpoint.h"
#include "common/web/health.h"

namespace dundun {

Result<Response> list_routes(Context& context);
Result<Response> get_route(Context& context);
Result<Response> list_pricing(Context& context);
Result<Response> routes_health(Context& context);

inline constexpr Endpoint kRouteEndpoints[] = {
    {Method::kGet, "/routes", Access::kQuery, list_routes},
    {Method::kGet, "/routes/{code}", Access::kQuery, get_route},
    {Method::kGet, "/routes/health", Access::kQuery, routes_health},
    {Method::kGet, "/pricing", Access::kPublic, list_pricing},
    kHealthz,
    kReadyz,
};

}  // namespace dundun
