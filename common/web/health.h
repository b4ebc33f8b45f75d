// Endpoints that every binary has: whether it is alive, whether it can work, and its metrics.
#pragma once

#include "common/web/endpoint.h"

namespace dundun {

Result<Response> healthz(Context& context);  // the process answers, and which release it is
Result<Response> health(Context& context);   // the second dialect's word for it
Result<Response> readyz(Context& context);   // PostgreSQL answers; 503 otherwise
Result<Response> metrics(Context& context);  // Prometheus text of all processes on this host

inline constexpr Endpoint kHealthz{Method::kGet, "/healthz", Access::kPublic, healthz, true};
inline constexpr Endpoint kReadyz{Method::kGet, "/readyz", Access::kPublic, readyz, true};
inline constexpr Endpoint kMetrics{Method::kGet, "/metrics", Access::kLocal, metrics, true};

}  // namespace dundun
