// Puts the receipts for the parts of long texts together: one verdict a message.
#pragma once

#include "common/io/pg.h"
#include "common/journal/journal.h"

namespace dundun {

// One round. True: there is more.
bool join_receipts(Pg& pg, Journal& journal);
// How many wait for other parts', as a gauge for the operator.
void watch_receipts(Pg& pg);

}  // namespace dundun
