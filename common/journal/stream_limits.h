// How many of an account's events Redis keeps for clients that come back.
#pragma once

#include <chrono>

namespace dundun {

struct StreamLimits {
  int entries_max = 1000;                 // a stream is cut to about this many
  std::chrono::seconds kept_for{86'400};  // a stream is dropped this long after its last event
};

}  // namespace dundun
