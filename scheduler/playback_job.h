// Plays back the loopback carrier's receipts, each when it is due, through the same function as any
// carrier's.
#pragma once

#include "common/io/pg.h"
#include "common/journal/journal.h"
#include "scheduler/look_back.h"

namespace dundun {

// One round; true when there may be more at once. `back` is kept from one round to the next.
bool play_loopback_receipts(Pg& pg, Journal& journal, LookBack& back);

}  // namespace dundun
