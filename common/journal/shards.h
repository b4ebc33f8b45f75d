// Where a journal writer counts.
#pragma once

#include <cstdint>

namespace dundun {

// Counters have a row for each shard. Writers that share one wait for each other's commits, so each
// has its own, by chance.
struct Shards {
  int16_t own;   // of routes' hours and of campaigns
  int16_t days;  // of message_daily: another after some hundred commits
};

}  // namespace dundun
