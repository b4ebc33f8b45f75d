// Where a page of a long list lies: whole days are skipped by their counts instead of being read.
#pragma once

#include <cstdint>
#include <span>

#include "common/base/time.h"

namespace dundun {

// A part of the list, and how many of its messages match. `exact` is false if counting stopped
// early: such a part cannot be skipped.
struct ListSegment {
  Instant from;  // inclusive
  Instant to;    // exclusive
  int64_t count = 0;
  bool exact = true;
};

// Where to read, and how many matches to skip there.
struct ListWindow {
  Instant from;
  Instant to;
  int64_t offset = 0;
  bool empty() const { return from >= to; }
};

int64_t total_of(std::span<const ListSegment> segments);

// `segments` go from the newest to the oldest. The window begins at the segment with match number
// `offset` and reaches back to the oldest matching segment. It is empty if there are fewer matches.
ListWindow page_window(std::span<const ListSegment> segments, int64_t offset);

}  // namespace dundun
