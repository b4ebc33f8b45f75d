// A RingCentral user becomes part of a tenant, by whichever way the tokens came.
#pragma once

#include <string>

#include "common/carrier/ringcentral/connections.h"
#include "common/web/endpoint.h"

namespace dundun {

// The settings of the carrier with this name (the first of its kind for ""), on a connection of the
// pool.
Result<RingCentralApi> ringcentral_api(Context& context, std::string_view carrier = "");

struct RcGrant {
  RcTokens tokens;
  RcCredential kind;
  std::string credential;  // what the next tokens are asked for with
};

// Stores the connection with a line in the audit log, then reads the numbers and subscribes to what
// comes in; what of these two fails the scheduler does later.
Status connect_rc_user(Context& context, const RingCentralApi& api, int64_t account_id,
                       const RcGrant& grant);

}  // namespace dundun
