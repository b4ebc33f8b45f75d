// Reads that do not wait for each other's rows.
#pragma once

#include <span>
#include <vector>

#include "common/io/pg.h"

namespace dundun {

// As many as there are, in one round trip (Pg::run_pipeline); none, if there are none.
inline Result<std::vector<PgRows>> run_together(PgPool& pg, std::span<const Pg::Call> calls) {
  if (calls.empty()) return std::vector<PgRows>();
  const PgPool::Lease lease = TRY(pg.lease());
  return lease->run_pipeline(calls);
}

}  // namespace dundun
