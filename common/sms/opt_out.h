// Texts by which people stop an account's messages, and ask for them again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dundun {

// What a text asks for: no more messages (kStop), messages again (kStart), or who this is (kHelp).
enum class OptOutWish : int16_t { kNone = 0, kStop = 1, kStart = 2, kHelp = 3 };

// A word or short phrase that means such a wish (table opt_out_words).
struct OptOutWord {
  std::string word;  // folded
  OptOutWish wish = OptOutWish::kNone;
  std::string language;                // to answer in: en, fr …
  std::vector<std::string> countries;  // ISO 3166-1 alpha-2; empty: everywhere
  bool leads = false;                  // a text that only begins with it counts too
};

// Folds a text for comparison: small letters without accents or other marks, one space between
// words; everything that is neither letter nor digit separates words. "  Arrêt!! " gives "arret".
std::string fold_words(std::string_view utf8);

// The first word of a folded text, and what follows it.
struct FirstWord {
  std::string_view word;
  std::string_view rest;
};
FirstWord first_word(std::string_view folded);

// The word that makes this folded text a wish; nullptr: none. The text is the word, or begins with
// a word that leads. `country` is that of the sender's number. A longer word wins.
const OptOutWord* find_wish(const std::vector<OptOutWord>& words, std::string_view folded,
                            std::string_view country);

}  // namespace dundun
