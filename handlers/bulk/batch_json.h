// A campaign as JSON: what list and detail share.
#pragma once

#include <map>

#include "common/io/json.h"
#include "common/io/pg.h"

namespace dundun {

// Counts by message status of each batch of batch_state_counts.
using BatchCounts = std::map<Uuid, std::array<int64_t, 10>>;
BatchCounts batch_counts_of(const PgRows& rows);

// Writes the members of a row of batch_by_id or batches_page into an open object.
void write_batch(JsonWriter& json, const PgRows& rows, int row, const BatchCounts& counts);

}  // namespace dundun
