#include "common/sms/substitute.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>

#include "common/sms/characters.h"
#include "common/sms/encoding.h"

namespace dundun {
namespace {

struct LookAlike {
  char32_t from;
  std::string_view to;
};

// Only what reads the same: "²" as "2" or "½" as "1/2" would change a number.
constexpr LookAlike kLookAlikes[] = {
    {U'‘', "'"},      {U'’', "'"},       {U'‚', "'"},       {U'‛', "'"},      {U'′', "'"},
    {U'ʼ', "'"},      {U'ʻ', "'"},       {U'`', "'"},       {U'´', "'"},      {U'“', "\""},
    {U'”', "\""},     {U'„', "\""},      {U'‟', "\""},      {U'″', "\""},     {U'«', "\""},
    {U'»', "\""},     {U'‹', "<"},       {U'›', ">"},       {U'‐', "-"},      {U'‑', "-"},
    {U'‒', "-"},      {U'–', "-"},       {U'—', "-"},       {U'―', "-"},      {U'−', "-"},
    {U'•', "-"},      {U'·', "."},       {U'…', "..."},     {U'×', "x"},      {U'⁄', "/"},
    {U'™', "TM"},     {U'©', "(c)"},     {U'®', "(R)"},     {U'№', "No"},     {U'₦', "N"},
    {U'₵', "C"},      {U'\t', " "},      {U'\u00a0', " "},  {U'\u202f', " "}, {U'\u205f', " "},
    {U'\u3000', " "}, {U'\u2028', "\n"}, {U'\u2029', "\n"}, {U'ł', "l"},      {U'Ł', "L"},
    {U'đ', "d"},      {U'Đ', "D"},       {U'ð', "d"},       {U'Ð', "D"},      {U'ı', "i"},
    {U'ħ', "h"},      {U'Ħ', "H"},       {U'ŧ', "t"},       {U'Ŧ', "T"},      {U'œ', "oe"},
    {U'Œ', "OE"},     {U'þ', "th"},      {U'Þ', "Th"},      {U'ẞ', "ß"},      {U'ɓ', "b"},
    {U'Ɓ', "B"},      {U'ɗ', "d"},       {U'Ɗ', "D"},       {U'ɖ', "d"},      {U'Ɖ', "D"},
    {U'ƙ', "k"},      {U'Ƙ', "K"},       {U'ƴ', "y"},       {U'Ƴ', "Y"},      {U'ŋ', "n"},
    {U'Ŋ', "N"},      {U'ɛ', "e"},       {U'Ɛ', "E"},       {U'ɔ', "o"},      {U'Ɔ', "O"},
    {U'ƒ', "f"},      {U'Ƒ', "F"},       {U'ɣ', "g"},       {U'Ɣ', "G"},      {U'ʋ', "v"},
    {U'Ʋ', "V"},
};

void append_utf8(std::string& out, char32_t c) {
  std::array<char, U8_MAX_LENGTH> bytes;
  size_t length = 0;
  U8_APPEND_UNSAFE(bytes, length, c);
  out.append(bytes.data(), length);
}

const UNormalizer2* nfc() {
  UErrorCode error = U_ZERO_ERROR;
  static const UNormalizer2* const instance = unorm2_getNFCInstance(&error);
  return instance;
}

bool is_typographic_space(char32_t c) { return c >= U'\u2000' && c <= U'\u200a'; }

// "ế" -> "e": the letter without its marks, if that is a letter of GSM-7.
std::optional<char32_t> bare_letter(char32_t c) {
  std::array<UChar, 16> parts;
  UErrorCode error = U_ZERO_ERROR;
  const int32_t size = unorm2_getDecomposition(nfc(), static_cast<UChar32>(c), parts.data(),
                                               static_cast<int32_t>(parts.size()), &error);
  if (U_FAILURE(error) || size < 1) return std::nullopt;
  for (int32_t i = 1; i < size; ++i) {
    if (u_getCombiningClass(parts[static_cast<size_t>(i)]) == 0) return std::nullopt;
  }
  const char32_t base = parts[0];
  return gsm7_septets(base) > 0 ? std::optional(base) : std::nullopt;
}

// Writes what stands for `c`; false when nothing does.
bool append_look_alike(std::string& out, char32_t c) {
  const auto* found = std::ranges::find(kLookAlikes, c, &LookAlike::from);
  if (found != std::end(kLookAlikes)) {
    out += found->to;
    return true;
  }
  if (is_invisible(c)) return true;
  if (is_typographic_space(c)) {
    out += ' ';
    return true;
  }
  const std::optional<char32_t> base = bare_letter(c);
  if (base) append_utf8(out, *base);
  return base.has_value();
}

}  // namespace

std::optional<std::string> gsm7_substitute(std::string_view utf8) {
  std::string out;
  char32_t before = 0;   // the last character that is no mark, as it came
  size_t before_at = 0;  // where it stands in `out`
  for (size_t at = 0; at < utf8.size();) {
    const std::optional<char32_t> c = next_code_point(utf8, at);
    if (!c) return std::nullopt;
    if (before != 0 && u_getCombiningClass(static_cast<UChar32>(*c)) != 0) {
      // A mark of its own: one character with the letter before it where GSM-7 has that ("é"),
      // otherwise it goes as the mark of any accented letter.
      const UChar32 whole =
          unorm2_composePair(nfc(), static_cast<UChar32>(before), static_cast<UChar32>(*c));
      if (whole < 0 || gsm7_septets(static_cast<char32_t>(whole)) == 0) continue;
      out.resize(before_at);
      append_utf8(out, static_cast<char32_t>(whole));
      continue;
    }
    before = *c;
    before_at = out.size();
    if (gsm7_septets(*c) > 0) {
      append_utf8(out, *c);
    } else if (!append_look_alike(out, *c)) {
      return std::nullopt;
    }
  }
  return out;
}

}  // namespace dundun
