// A delivery of the log as JSON, and its names.
#pragma once

#include <optional>
#include <string_view>

#include "common/io/json.h"
#include "common/io/pg.h"

namespace dundun {

// pending, delivered or dead, as the number of webhook_deliveries.state.
std::optional<int16_t> parse_delivery_state(std::string_view name);

// Writes the members of a row of webhook_deliveries_page… into an open object.
void write_delivery(JsonWriter& json, const PgRows& rows, int row);

}  // namespace dundun
