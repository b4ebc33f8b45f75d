// The right to submit some messages and to record the outcomes (table claims). It ends with its
// lease, or when the outcome of its last message is recorded.
#pragma once

#include <map>

#include "common/base/ids.h"

namespace dundun {

struct Claim {
  Uuid token;
  int size = 0;  // messages that were claimed together
};

// How many messages of a claim are recorded.
struct ClaimCount {
  int recorded = 0;
  int size = 0;
};
using ClaimCounts = std::map<Uuid, ClaimCount>;

}  // namespace dundun
