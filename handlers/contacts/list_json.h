// A contact list as JSON.
#pragma once

#include "common/io/json.h"
#include "common/io/pg.h"

namespace dundun {

// A row of contact_lists_page or contact_list_by_id, as an object.
void write_list(JsonWriter& json, const PgRows& rows, int row);

}  // namespace dundun
