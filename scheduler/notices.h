// Notifies customers of things that ended without their action. A notice is tried again until it is
// committed.
#pragma once

#include "common/io/pg.h"
#include "common/journal/journal.h"

namespace dundun {

// We stopped calling a webhook URL: one notification for each endpoint.
void tell_of_disabled_webhooks(Pg& pg, Journal& journal);
// RingCentral no longer accepts an authorization: one notification for each RingCentral user.
void tell_of_lost_connections(Pg& pg, Journal& journal);

}  // namespace dundun
