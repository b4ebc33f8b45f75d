// JSON string literals, for the JSON writer in common/io and for the log.
#pragma once

#include <string>
#include <string_view>

namespace dundun {

// Appends `text` in quotes. Bytes that are not valid UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

// Well-formed UTF-8 (Unicode table 3-7: no surrogates, nothing overlong).
bool is_utf8(std::string_view text);

}  // namespace dundun
