// Texts in the character sets that carriers use.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "common/base/result.h"

namespace dundun {

// Converts to UTF-8 from utf-8, iso-8859-1, windows-1252, utf-16be or ucs-2 (names in any case).
// kInvalidRequest for another charset, for bytes that it does not have, and for U+0000.
Result<std::string> to_utf8(std::string_view bytes, std::string_view charset);

// The same for what cannot be asked for again: bytes that the charset does not have, and U+0000,
// become U+FFFD. kInvalidRequest only for another charset. "8-bit" (Kannel's word for octets of no
// alphabet) is Latin-1 where that gives a text, and hexadecimal digits where it does not.
Result<std::string> to_utf8_as_far(std::string_view bytes, std::string_view charset);

// A file in another character set, read piece by piece as UTF-8. What it does not have becomes
// U+FFFD.
class TextDecoder {
 public:
  // A name that ICU knows: utf-16le, windows-1256, macintosh …; kInvalidRequest for another.
  static Result<TextDecoder> create(const std::string& charset);
  ~TextDecoder();
  TextDecoder(TextDecoder&& other) noexcept
      : converter_(std::exchange(other.converter_, nullptr)) {}
  TextDecoder& operator=(TextDecoder&&) = delete;
  std::string decode(std::string_view bytes, bool is_last);

 private:
  explicit TextDecoder(void* converter) : converter_(converter) {}
  void* converter_;
};

// "0041" gives two bytes. kInvalidRequest if the text is not pairs of hexadecimal digits.
Result<std::string> from_hex(std::string_view hex);

}  // namespace dundun
