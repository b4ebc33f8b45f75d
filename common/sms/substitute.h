// Rewrites in the GSM-7 alphabet a text that needs UCS-2 only because of a quote or an accent.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dundun {

// The same text with a similar character for each one that GSM-7 lacks: plain quotes, dashes and
// spaces for typographic ones, the bare letter for an accented one, nothing for invisible ones.
// nullopt if some character has no similar one (the text would stay UCS-2), or for invalid UTF-8.
std::optional<std::string> gsm7_substitute(std::string_view utf8);

}  // namespace dundun
