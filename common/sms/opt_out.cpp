#include "common/sms/opt_out.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>

namespace dundun {
namespace {

constexpr UChar32 kTatweel = 0x0640;  // stretches Arabic words, means nothing

// Accents, Arabic vowels, zero-width and direction marks.
bool is_mark(UChar32 c) {
  const int8_t type = u_charType(c);
  return type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_FORMAT_CHAR ||
         c == kTatweel;
}

bool holds_in(const OptOutWord& word, std::string_view country) {
  return word.countries.empty() ||
         std::ranges::find(word.countries, country) != word.countries.end();
}

bool fits(const OptOutWord& word, std::string_view folded) {
  if (folded == word.word) return true;
  return word.leads && folded.size() > word.word.size() && folded.starts_with(word.word) &&
         folded[word.word.size()] == ' ';
}

}  // namespace

std::string fold_words(std::string_view utf8) {
  UErrorCode error = U_ZERO_ERROR;
  static const icu::Normalizer2* const nfkd = icu::Normalizer2::getNFKDInstance(error);
  if (nfkd == nullptr) return std::string(utf8);
  const icu::UnicodeString text = nfkd->normalize(
      icu::UnicodeString::fromUTF8({utf8.data(), static_cast<int32_t>(utf8.size())}), error);
  icu::UnicodeString folded;
  bool border = false;
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 c = text.char32At(i);
    if (is_mark(c)) continue;
    if (u_isalnum(c) == 0) {
      border = true;
      continue;
    }
    if (border && !folded.isEmpty()) folded.append(u' ');
    border = false;
    folded.append(u_foldCase(c, U_FOLD_CASE_DEFAULT));
  }
  std::string out;
  folded.toUTF8String(out);
  return out;
}

FirstWord first_word(std::string_view folded) {
  const size_t space = std::min(folded.find(' '), folded.size());
  return {folded.substr(0, space), folded.substr(std::min(space + 1, folded.size()))};
}

const OptOutWord* find_wish(const std::vector<OptOutWord>& words, std::string_view folded,
                            std::string_view country) {
  const OptOutWord* best = nullptr;
  for (const OptOutWord& word : words) {
    if (!holds_in(word, country) || !fits(word, folded)) continue;
    if (best == nullptr || word.word.size() > best->word.size()) best = &word;
  }
  return best;
}

}  // namespace dundun
