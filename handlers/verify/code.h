// A one-time code: made, hashed, compared.
#pragma once

#include <string>
#include <string_view>

namespace dundun {

// So many decimal digits, each as likely as any other.
std::string new_code(int digits);

// What is kept of a code. There are few codes, so a plain hash of one is the code: `secret` is not
// in the database, and the salt makes equal codes of two verifications look different.
std::string code_hash(std::string_view secret, std::string_view salt, std::string_view code);

// In constant time.
bool code_matches(std::string_view secret, std::string_view salt, std::string_view code,
                  std::string_view hash);

// People type blanks and dashes into codes.
std::string plain_code(std::string_view typed);

// What lists show of a text that carries a code.
std::string hide_code(std::string_view text, std::string_view code);

}  // namespace dundun
