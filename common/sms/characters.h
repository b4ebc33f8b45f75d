// What people and their programs write around letters and digits (Unicode's properties, by ICU).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dundun {

// A character that shows nothing and has no width: a format character (directions, joiners, byte
// order marks), a variation selector, or a control other than LF, CR and TAB.
bool is_invisible(char32_t c);

// Any kind of dash, and the minus.
bool is_dash(char32_t c);

// White space of any width.
bool is_space(char32_t c);

// The value of a decimal digit of any script, full-width ones too.
std::optional<int> digit_value(char32_t c);

// Whether nothing of it shows: spaces and invisible characters, or nothing at all.
bool is_blank(std::string_view utf8);

// A password in the form in which it is compared, whatever system it was typed on (RFC 8265,
// OpaqueString): NFC, every space a plain one. What is not UTF-8 stays as it is.
std::string opaque_string(std::string_view utf8);

// The same for two names that differ only in case, spaces, underscores, accents, width or invisible
// characters. What is not UTF-8 stays as it is.
std::string name_key(std::string_view utf8);

// Letters and digits of name_key alone: "Phone 1 - Value" is "phone1value".
std::string header_key(std::string_view utf8);

}  // namespace dundun
