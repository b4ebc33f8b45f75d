// Which passwords are among the first that somebody guesses.
#pragma once

#include <string_view>

namespace dundun {

// True for the most common passwords, also with digits and signs around them, in capitals or with
// digits for letters; for a word repeated, and for runs such as 0987654321; and for the owner's own
// e-mail or its first part.
bool is_easily_guessed(std::string_view password, std::string_view email);

}  // namespace dundun
