// Takes exchange rates from a feed, without an operator.
#pragma once

#include "common/base/config.h"
#include "common/io/pg.h"
#include "common/io/redis.h"

namespace dundun {

// Takes FX_FEED_FILE if it differs from the last one. A file that is broken, too old, or that
// changes a rate too much is refused: an error goes to the log, and dundun_fx_feed_ok becomes 0.
void read_fx_feed(Pg& pg, Redis& redis, const Config& config);

}  // namespace dundun
