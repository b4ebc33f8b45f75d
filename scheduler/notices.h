// Tells customers what ended without their doing. A notice stays due until it is committed.
#pragma once

#include "common/io/pg.h"
#include "common/journal/journal.h"

namespace dundun {

// We stopped calling a URL of theirs: one notification for each endpoint.
void tell_of_disabled_webhooks(Pg& pg, Journal& journal);
// RingCentral no longer takes an authorization of theirs: one for each user there.
void tell_of_lost_connections(Pg& pg, Journal& journal);

}  // namespace dundun
