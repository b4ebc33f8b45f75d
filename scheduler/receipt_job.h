// Puts the receipts for the parts of long texts together, one verdict a message, and finds the
// messages of receipts that wait for theirs.
#pragma once

#include "common/io/pg.h"
#include "common/journal/journal.h"

namespace dundun {

// One round. True: there is more.
bool join_receipts(Pg& pg, Journal& journal);
// The same for the receipts of carrier_receipts.
bool match_receipts(Pg& pg, Journal& journal);
// How many wait for other parts', and how many have no message, as gauges for the operator.
void watch_receipts(Pg& pg);

}  // namespace dundun
