// The endpoints of the `carrier` binary: what carriers call.
#pragma once

#include "common/web/health.h"
#include "common/web/route.h"

namespace dundun {

Task<Response> take_kannel_receipt(Context& context);

inline constexpr Endpoint kCarrierEndpoints[] = {
    {Method::kGet, "/carrier/{carrier}/kannel-receipt", Access::kPublic, take_kannel_receipt, true},
    {Method::kPost, "/carrier/{carrier}/kannel-receipt", Access::kPublic, take_kannel_receipt, true},
    kHealthz,
    kReadyz,
};

}  // namespace dundun
