// Texts that need UCS-2 only for a quote or an accent, rewritten in the GSM-7 alphabet.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dundun {

// The same text with look-alikes for what GSM-7 lacks: typographic quotes, dashes and spaces, the
// bare letter for an accented one, nothing for invisible characters. nullopt when a character
// without a look-alike is left (the text would stay UCS-2), or for invalid UTF-8.
std::optional<std::string> gsm7_substitute(std::string_view utf8);

}  // namespace dundun
