// Joins the receipts for the parts of long texts into one verdict for each message, and finds the
// messages of receipts that wait for one.
#pragma once

#include "common/io/pg.h"
#include "common/journal/journal.h"
#include "scheduler/look_back.h"

namespace dundun {

// One round of joining parts. True: there may be more. `back` is kept from one round to the next.
bool join_receipts(Pg& pg, Journal& journal, LookBack& back);
// One round of finding messages for the rows of carrier_receipts. True: there may be more.
bool match_receipts(Pg& pg, Journal& journal);
// Sets gauges for the operator: how many receipts wait for other parts, and how many have no
// message.
void watch_receipts(Pg& pg);

}  // namespace dundun
