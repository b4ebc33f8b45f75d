// Tells customers that we stopped calling a URL of theirs.
#pragma once

#include "common/io/pg.h"
#include "common/journal/journal.h"

namespace dundun {

// One notification for each endpoint that was switched off; it stays due until it is committed.
void tell_of_disabled_webhooks(Pg& pg, Journal& journal);

}  // namespace dundun
