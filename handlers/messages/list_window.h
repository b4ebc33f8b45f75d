// Where a page of a long list lies: whole days are skipped by their counts instead of being read.
#pragma once

#include <cstdint>
#include <span>

#include "common/base/time.h"

namespace dundun {

// A stretch of the list and how many of its messages match. `exact` is false when counting
// stopped early: such a stretch cannot be skipped.
struct ListSegment {
  Instant from;  // inclusive
  Instant to;    // exclusive
  int64_t count = 0;
  bool exact = true;
};

// Where to read, and how many matches to pass over there.
struct ListWindow {
  Instant from;
  Instant to;
  int64_t offset = 0;
  bool empty() const { return from >= to; }
};

int64_t total_of(std::span<const ListSegment> segments);

// `segments` from the newest to the oldest. The window reaches back to the oldest matching segment
// and starts at the one that holds the match number `offset`; it is empty when none does.
ListWindow page_window(std::span<const ListSegment> segments, int64_t offset);

}  // namespace dundun
