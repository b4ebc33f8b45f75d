// The endpoints of the `inbound` binary: texts that came in, and who wants to get none.
#pragma once

#include "common/web/endpoint.h"
#include "common/web/health.h"

namespace dundun {

Result<Response> list_inbound(Context& context);
Result<Response> get_inbound(Context& context);
Result<Response> list_opt_outs(Context& context);
Result<Response> add_opt_outs(Context& context);
Result<Response> remove_opt_out(Context& context);

inline constexpr Endpoint kInboundEndpoints[] = {
    {Method::kGet, "/inbound", Access::kQuery, list_inbound},
    {Method::kGet, "/inbound/{id}", Access::kQuery, get_inbound},
    {Method::kGet, "/opt-outs", Access::kQuery, list_opt_outs},
    {Method::kPost, "/opt-outs", Access::kSend, add_opt_outs},
    {Method::kDelete, "/opt-outs/{phone}", Access::kSend, remove_opt_out},
    kHealthz,
    kReadyz,
};

}  // namespace dundun
