// Retention rules and their enforcement, by the scheduler or by hand. Ledger entries are never
// deleted.
#pragma once

#include <vector>

#include "common/base/config.h"
#include "common/io/pg.h"

namespace dundun {

struct Retained {
  const char* what;     // "messages"
  const char* setting;  // "MESSAGES_KEEP_MONTHS"
  int keep;             // 0: for ever
  const char* unit;     // hours, days, months
  // Months or rows of `what` (rows are counted up to 100,000) that are due, or that were removed.
  int64_t count = 0;
};

// What is old enough to be removed. Removes nothing.
Result<std::vector<Retained>> retention_due(Pg& pg, const RetentionConfig& config);

// Removes what is due, in small steps. Any number of hosts may do so at once. What cannot be
// removed now (its lock is taken, the server is away) stays for the next time.
std::vector<Retained> keep_to_retention(Pg& pg, const RetentionConfig& config);

}  // namespace dundun
