// Texts in the character sets that carriers use.
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"

namespace dundun {

// Converts to UTF-8 from utf-8, iso-8859-1, windows-1252, utf-16be or ucs-2 (names in any case).
// kInvalidRequest for another charset, for bytes that it does not have, and for U+0000.
Result<std::string> to_utf8(std::string_view bytes, std::string_view charset);

// "0041" gives two bytes. kInvalidRequest if the text is not pairs of hexadecimal digits.
Result<std::string> from_hex(std::string_view hex);

}  // namespace dundun
