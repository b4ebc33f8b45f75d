// Names that a phone may show as the sender instead of a number.
#pragma once

#include <string_view>

namespace dundun {

// 1 to 11 of A-Z a-z 0-9 and space; no space at either end.
bool is_valid_sender_name(std::string_view name);

}  // namespace dundun
