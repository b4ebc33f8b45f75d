// Texts by which people end what they get from an account, and take it up again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dundun {

// What a text asks for: to get nothing more, or to get texts again.
enum class OptOutWish : int16_t { kNone = 0, kStop = 1, kStart = 2 };

// A word or short phrase that means it (table opt_out_words).
struct OptOutWord {
  std::string word;  // folded
  OptOutWish wish = OptOutWish::kNone;
  std::string language;                // of the answer: en, fr …
  std::vector<std::string> countries;  // ISO 3166-1 alpha-2; empty: everywhere
  bool leads = false;                  // a text that begins with it means it too
};

// Words as people mean them: small letters without accents or other marks, everything that is
// neither letter nor digit a border, one space between words. "  Arrêt!! " is "arret".
std::string fold_words(std::string_view utf8);

// The first word of a folded text, and what follows it.
struct FirstWord {
  std::string_view word;
  std::string_view rest;
};
FirstWord first_word(std::string_view folded);

// Which word makes this folded text a wish, if any: the whole text is the word, or begins with one
// that leads. `country` is where the sender's number lives. A longer word wins.
const OptOutWord* find_wish(const std::vector<OptOutWord>& words, std::string_view folded,
                            std::string_view country);

}  // namespace dundun
