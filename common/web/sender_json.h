// A sender name as JSON, for its account and for the operator who decides about it.
#pragma once

#include "common/io/json.h"
#include "common/io/pg.h"

namespace dundun {

// Members of the object of a row of senders_of_account, without the braces.
void write_sender(JsonWriter& json, const PgRows& rows, int row);

}  // namespace dundun
