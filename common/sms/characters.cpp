#include "common/sms/characters.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "common/base/json_text.h"
#include "common/sms/encoding.h"

namespace dundun {
namespace {

using icu::UnicodeString;

UnicodeString decomposed(const UnicodeString& text) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfkd = icu::Normalizer2::getNFKDInstance(error);
  if (U_FAILURE(error)) return text;
  UnicodeString out = nfkd->normalize(text, error);
  return U_FAILURE(error) ? text : out;
}

// Marks that stand over or under a letter; the vowel signs of Indic scripts are class 0.
bool is_accent(UChar32 c) { return u_getCombiningClass(c) != 0; }

template <class Stays>
std::string folded(std::string_view utf8, const Stays& stays) {
  if (!is_utf8(utf8)) return std::string(utf8);
  const icu::StringPiece piece(utf8.data(), static_cast<int32_t>(utf8.size()));
  const UnicodeString text = decomposed(decomposed(UnicodeString::fromUTF8(piece)).foldCase());
  UnicodeString kept;
  for (int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
    const UChar32 c = text.char32At(at);
    if (!is_accent(c) && stays(static_cast<char32_t>(c))) kept.append(c);
  }
  std::string out;
  kept.toUTF8String(out);
  return out;
}

}  // namespace

bool is_invisible(char32_t c) {
  if (c == U'\n' || c == U'\r' || c == U'\t') return false;
  const auto code = static_cast<UChar32>(c);
  const int8_t kind = u_charType(code);
  return kind == U_FORMAT_CHAR || kind == U_CONTROL_CHAR ||
         u_hasBinaryProperty(code, UCHAR_VARIATION_SELECTOR) != 0;
}

bool is_dash(char32_t c) {
  return c == U'\u2212' || u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_DASH) != 0;
}

bool is_space(char32_t c) { return u_isUWhiteSpace(static_cast<UChar32>(c)) != 0; }

std::optional<int> digit_value(char32_t c) {
  const int32_t value = u_charDigitValue(static_cast<UChar32>(c));
  return value < 0 ? std::nullopt : std::optional(value);
}

bool is_blank(std::string_view utf8) {
  for (size_t at = 0; at < utf8.size();) {
    const std::optional<char32_t> c = next_code_point(utf8, at);
    if (!c || (!is_space(*c) && !is_invisible(*c))) return false;
  }
  return true;
}

std::string opaque_string(std::string_view utf8) {
  UErrorCode error = U_ZERO_ERROR;
  static const icu::Normalizer2* const nfc = [] {
    UErrorCode missing = U_ZERO_ERROR;
    return icu::Normalizer2::getNFCInstance(missing);  // nullptr: it has no data
  }();
  if (nfc == nullptr || !is_utf8(utf8)) return std::string(utf8);
  const icu::StringPiece piece(utf8.data(), static_cast<int32_t>(utf8.size()));
  const UnicodeString text = UnicodeString::fromUTF8(piece);
  UnicodeString plain;
  for (int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
    const UChar32 c = text.char32At(at);
    plain.append(u_charType(c) == U_SPACE_SEPARATOR ? static_cast<UChar32>(U' ') : c);
  }
  std::string out;
  nfc->normalize(plain, error).toUTF8String(out);
  return U_FAILURE(error) ? std::string(utf8) : out;
}

std::string name_key(std::string_view utf8) {
  return folded(utf8, [](char32_t c) { return c != U'_' && !is_space(c) && !is_invisible(c); });
}

std::string header_key(std::string_view utf8) {
  return folded(utf8, [](char32_t c) { return u_isalnum(static_cast<UChar32>(c)) != 0; });
}

}  // namespace dundun
