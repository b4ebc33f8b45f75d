// A message row as JSON: the fields that list and detail share.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/io/json.h"
#include "common/io/pg.h"

namespace dundun {

// How many characters of the text a list shows.
inline constexpr size_t kListedTextMax = 100;

// The first `characters` characters of a UTF-8 text; none is cut in two.
std::string_view cut_text(std::string_view utf8, size_t characters);

// A time in one of the formats of common/base/time.h, or null.
void write_time(JsonWriter& json, std::string_view name, std::optional<Instant> at,
                std::string (*format)(Instant));

// Writes the members of a row of messages_page… or message_by_id into an open object.
void write_message(JsonWriter& json, const PgRows& rows, int row, size_t text_max);

}  // namespace dundun
