// The endpoints of the `carrier` binary: what carriers call (deploy/carriers.md). Each path also
// takes the secret as a segment, for carriers that can set no header.
#pragma once

#include "common/web/endpoint.h"
#include "common/web/health.h"

namespace dundun {

Task<Response> take_mo(Context& context);
Task<Response> take_dlr(Context& context);
Result<Response> take_opt_out(Context& context);
Task<Response> take_kannel_receipt(Context& context);
Task<Response> take_ringcentral(Context& context);

inline constexpr Endpoint kCarrierEndpoints[] = {
    {Method::kGet, "/carrier/{carrier}/mo", Access::kPublic, take_mo, true},
    {Method::kPost, "/carrier/{carrier}/mo", Access::kPublic, take_mo, true},
    {Method::kGet, "/carrier/{carrier}/{secret}/mo", Access::kPublic, take_mo, true},
    {Method::kPost, "/carrier/{carrier}/{secret}/mo", Access::kPublic, take_mo, true},
    {Method::kGet, "/carrier/{carrier}/dlr", Access::kPublic, take_dlr, true},
    {Method::kPost, "/carrier/{carrier}/dlr", Access::kPublic, take_dlr, true},
    {Method::kGet, "/carrier/{carrier}/{secret}/dlr", Access::kPublic, take_dlr, true},
    {Method::kPost, "/carrier/{carrier}/{secret}/dlr", Access::kPublic, take_dlr, true},
    {Method::kPost, "/carrier/{carrier}/opt-out", Access::kPublic, take_opt_out, true},
    {Method::kPost, "/carrier/{carrier}/{secret}/opt-out", Access::kPublic, take_opt_out, true},
    {Method::kGet, "/carrier/{carrier}/kannel-receipt", Access::kPublic, take_kannel_receipt, true},
    {Method::kPost, "/carrier/{carrier}/kannel-receipt", Access::kPublic, take_kannel_receipt,
     true},
    {Method::kPost, "/webhooks/ringcentral", Access::kPublic, take_ringcentral},
    kHealthz,
    kReadyz,
};

}  // namespace dundun
