// A JSON string literal, for the writer in common/io and the log below it.
#pragma once

#include <string>
#include <string_view>

namespace dundun {

// Appends `text` in quotes. Bytes that are no valid UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

// Well-formed UTF-8 (Unicode table 3-7: no surrogates, nothing overlong).
bool is_utf8(std::string_view text);

}  // namespace dundun
