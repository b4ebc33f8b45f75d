// Upkeep: events that a crash left in the outbox, old rows, partitions for the months ahead.
#pragma once

#include "common/base/config.h"
#include "common/identity/control.h"
#include "common/io/pg.h"
#include "common/io/redis.h"
#include "common/journal/stream_limits.h"
#include "scheduler/look_back.h"

namespace dundun {

// Publishes events that were committed more than 2 s ago and are still in the outbox, under the
// same ids. `back` is kept from one call to the next.
void publish_left_events(Pg& pg, Redis& redis, const StreamLimits& limits, LookBack& back);

// Once a run.
void keep_tables(Pg& pg, const Config& config);

// Adds up the shards of message_daily, of which journals begin new ones all the time.
void fold_days(Pg& pg);

// When a price or rate that was set for later has begun, makes every process load them again.
void begin_prices(Pg& pg, Control& control);

}  // namespace dundun
