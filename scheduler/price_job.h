// Prices and exchange rates that move without an operator.
#pragma once

#include "common/base/config.h"
#include "common/io/pg.h"
#include "common/io/redis.h"

namespace dundun {

// Takes FX_FEED_FILE if it is another than the last one. A file that is broken, too old, or that
// moves a rate too far changes nothing: an error in the log, and dundun_fx_feed_ok goes to 0.
void read_fx_feed(Pg& pg, Redis& redis, const Config& config);

}  // namespace dundun
