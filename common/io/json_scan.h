// Checks a JSON text for what the parser would let through, before the parser sees it.
#pragma once

#include <string_view>

namespace dundun {

// The reason to refuse `text`: nested deeper than `depth_max`, a byte 0, or an escape that is half
// of a surrogate pair. nullptr if there is none.
const char* refused_by_scan(std::string_view text, int depth_max);

}  // namespace dundun
