// A notification as lists show it.
#pragma once

#include "common/io/json.h"
#include "common/io/pg.h"

namespace dundun {

// The members of the live event but for its type, and whether it was read. Columns as in
// notifications_page.
void write_notification(JsonWriter& json, const PgRows& rows, int row);

}  // namespace dundun
