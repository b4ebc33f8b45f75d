// What keeps the house: events that a crash left in the outbox, old keys, partitions ahead.
#pragma once

#include "common/base/config.h"
#include "common/io/pg.h"
#include "common/io/redis.h"

namespace dundun {

// Publishes what committed more than 2 s ago and is still in the outbox, under the same ids.
void publish_left_events(Pg& pg, Redis& redis);

// Once a run.
void keep_tables(Pg& pg, const Config& config);

}  // namespace dundun
