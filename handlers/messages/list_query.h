// The statements behind a list filter: one a shape of filter, because plans are generic.
#pragma once

#include <cstdint>
#include <vector>

#include "common/io/pg.h"
#include "handlers/messages/list_filter.h"

namespace dundun {

struct ListQuery {
  const Statement& statement;
  std::vector<PgParam> params;
};

struct IdRange {
  Uuid from;  // inclusive
  Uuid to;    // exclusive
};

// The matches in a range of ids, newest first: a messages_page… statement.
ListQuery page_query(const ListFilter& filter, int64_t account_id, const IdRange& range,
                     int64_t limit, int64_t offset);
// Their number, as far as it is worth counting.
ListQuery count_query(const ListFilter& filter, int64_t account_id, const IdRange& range,
                      int64_t count_max);

PgParam status_param(const ListFilter& filter);  // null: all

}  // namespace dundun
