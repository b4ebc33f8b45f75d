// The receipts of a carrier of kind http, one or many in a call.
#pragma once

#include "handlers/carrier/described_call.h"

namespace dundun {

// One receipt whose message is known is recorded at once; everything else waits in
// carrier_receipts, where the scheduler takes it up within a moment.
Task<Response> take_described_dlr(Context& context, const DescribedCall& call);

}  // namespace dundun
