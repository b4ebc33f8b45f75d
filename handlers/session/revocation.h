// What follows the commit that revoked sessions.
#pragma once

#include "common/io/pg.h"
#include "common/web/endpoint.h"

namespace dundun {

// Takes their copies out of Redis and ends their sockets; `revoked`: rows of token_hash.
void forget_revoked(Context& context, const PgRows& revoked);

}  // namespace dundun
