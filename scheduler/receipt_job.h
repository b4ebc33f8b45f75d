// Receipts that could not be applied when they came: finds their message, puts the parts of long
// texts together, and gives each message one verdict.
#pragma once

#include "common/io/pg.h"
#include "common/journal/journal.h"

namespace dundun {

// One round. True: there is more.
bool match_receipts(Pg& pg, Journal& journal);
// How many wait, as gauges for the operator; forgets the oldest.
void watch_receipts(Pg& pg);

}  // namespace dundun
