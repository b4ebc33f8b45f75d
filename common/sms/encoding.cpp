#include "common/sms/encoding.h"

#include <array>
#include <optional>

namespace dundun {
namespace {

struct Limits {
  int single;
  int each;
};
constexpr Limits kGsm7Limits{160, 153};
constexpr Limits kUcs2Limits{70, 67};

// The default alphabet beyond ASCII, as code points.
constexpr char32_t kGsmOther[] = {U'£', U'¥', U'è', U'é', U'ù', U'ì', U'ò', U'Ç', U'Ø', U'ø',
                                  U'Å', U'å', U'Δ', U'Φ', U'Γ', U'Λ', U'Ω', U'Π', U'Ψ', U'Σ',
                                  U'Θ', U'Ξ', U'Æ', U'æ', U'ß', U'É', U'¤', U'¡', U'Ä', U'Ö',
                                  U'Ñ', U'Ü', U'§', U'¿', U'ä', U'ö', U'ñ', U'ü', U'à'};
constexpr char32_t kEuro = U'€';

// Septets of each ASCII character: 1, 2 for the extension table, 0 where GSM-7 has none.
constexpr std::array<uint8_t, 128> ascii_septets() {
  std::array<uint8_t, 128> table{};
  for (size_t c = 0x20; c < 0x7f; ++c) table[c] = 1;
  table['\n'] = table['\r'] = 1;
  for (char c : {'^', '{', '}', '\\', '[', '~', ']', '|', '\f'}) table[static_cast<size_t>(c)] = 2;
  table['`'] = 0;
  return table;
}
constexpr std::array<uint8_t, 128> kAsciiSeptets = ascii_septets();

int code_units(char32_t c) { return c > 0xffff ? 2 : 1; }

const Limits& limits_of(Encoding encoding) {
  return encoding == Encoding::kGsm7 ? kGsm7Limits : kUcs2Limits;
}

Error invalid_utf8() { return fail(ErrorCode::kInvalidRequest, "text is not valid UTF-8"); }

struct Measure {
  Encoding encoding;
  int units;
};

Result<Measure> measure(std::string_view utf8) {
  int gsm_units = 0;
  int ucs2_units = 0;
  bool gsm = true;
  for (size_t at = 0; at < utf8.size();) {
    const std::optional<char32_t> c = next_code_point(utf8, at);
    if (!c) return invalid_utf8();
    const int cost = gsm7_septets(*c);
    gsm = gsm && cost > 0;
    gsm_units += cost;
    ucs2_units += code_units(*c);
  }
  return gsm ? Measure{Encoding::kGsm7, gsm_units} : Measure{Encoding::kUcs2, ucs2_units};
}

// Walks the text segment by segment; border(byte) is told where each but the first begins.
template <class Border>
int walk(std::string_view utf8, const Measure& measured, Border border) {
  const bool gsm = measured.encoding == Encoding::kGsm7;
  const Limits& limits = limits_of(measured.encoding);
  if (measured.units == 0) return 0;
  if (measured.units <= limits.single) return 1;
  int segments = 1;
  int filled = 0;
  for (size_t at = 0; at < utf8.size();) {
    const size_t start = at;
    const char32_t c = *next_code_point(utf8, at);
    const int cost = gsm ? gsm7_septets(c) : code_units(c);
    if (filled + cost > limits.each) {
      border(start);
      ++segments;
      filled = 0;
    }
    filled += cost;
  }
  return segments;
}

}  // namespace

int gsm7_septets(char32_t c) {
  if (c < 128) return kAsciiSeptets[c];
  if (c == kEuro) return 2;
  for (char32_t other : kGsmOther) {
    if (other == c) return 1;
  }
  return 0;
}

// Overlong forms, surrogates and values over U+10FFFF are invalid.
std::optional<char32_t> next_code_point(std::string_view text, size_t& at) {
  const auto first = static_cast<unsigned char>(text[at]);
  if (first < 0x80) {
    ++at;
    return first;
  }
  const size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + length > text.size()) return std::nullopt;
  char32_t value = first & (0x7fu >> length);
  for (size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[at + i]);
    if ((next & 0xc0) != 0x80) return std::nullopt;
    value = value << 6 | (next & 0x3f);
  }
  const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (overlong || surrogate || value > 0x10ffff) return std::nullopt;
  at += length;
  return value;
}

Result<SegmentCount> count_segments(std::string_view utf8) {
  const Measure measured = TRY(measure(utf8));
  const int segments = walk(utf8, measured, [](size_t) {});
  return SegmentCount{measured.encoding, segments, measured.units};
}

int count_units(std::string_view utf8, Encoding encoding) {
  int units = 0;
  for (size_t at = 0; at < utf8.size();) {
    const std::optional<char32_t> c = next_code_point(utf8, at);
    if (!c) break;
    units += encoding == Encoding::kGsm7 ? gsm7_septets(*c) : code_units(*c);
  }
  return units;
}

int units_max(Encoding encoding, int segments) {
  const Limits& limits = limits_of(encoding);
  return segments > 1 ? limits.each : limits.single;
}

Result<std::vector<std::string>> split_segments(std::string_view utf8) {
  const Measure measured = TRY(measure(utf8));
  std::vector<std::string> parts;
  size_t begin = 0;
  const int segments = walk(utf8, measured, [&](size_t at) {
    parts.emplace_back(utf8.substr(begin, at - begin));
    begin = at;
  });
  if (segments > 0) parts.emplace_back(utf8.substr(begin));
  return parts;
}

}  // namespace dundun
