// A one-time code: made, hashed, compared.
#pragma once

#include <string>
#include <string_view>

namespace dundun {

// A code of `digits` decimal digits. Every code is equally likely.
std::string new_code(int digits);

// The hash that is kept of a code. There are so few codes that a plain hash could be reversed, so
// it is keyed with `secret`, which is not in the database. The salt makes equal codes look
// different.
std::string code_hash(std::string_view secret, std::string_view salt, std::string_view code);

// In constant time.
bool code_matches(std::string_view secret, std::string_view salt, std::string_view code,
                  std::string_view hash);

// The digits of a code as people type and paste it: of any script, with blanks, dashes, dots and
// invisible marks, behind a prefix of letters ("G-123456"). Empty: it cannot be a code.
std::string plain_code(std::string_view typed);

// The text as lists show it, without the code.
std::string hide_code(std::string_view text, std::string_view code);

}  // namespace dundun
