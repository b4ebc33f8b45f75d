#include "common/sms/written_number.h"

#include "common/sms/characters.h"
#include "common/sms/encoding.h"

namespace dundun {
namespace {

bool is_plus(char32_t c) { return c == U'+' || c == U'\uff0b' || c == U'\ufe62'; }

bool stands_around_digits(char32_t c) {
  const bool bracket = c == U'(' || c == U')' || c == U'\uff08' || c == U'\uff09';
  return bracket || c == U'/' || is_plus(c) || is_space(c) || is_dash(c) || is_invisible(c);
}

bool makes_text(char32_t c) { return c == U'\'' || c == U'\u2019' || c == U'\u2018' || c == U'"'; }

// Without the ="…" or the quote that makes a spreadsheet take a number for text.
std::string_view without_text_mark(std::string_view written) {
  for (size_t at = 0, start = 0; at < written.size(); start = at) {
    const std::optional<char32_t> c = next_code_point(written, at);
    if (!c) break;
    if (is_space(*c) || is_invisible(*c)) continue;
    if (makes_text(*c)) {
      const bool on_both_sides = written.back() == written[start] && written.size() - 1 > start;
      return written.substr(at, written.size() - at - (on_both_sides ? 1 : 0));
    }
    const std::string_view rest = written.substr(start);
    const size_t end = rest.rfind('"');
    if (!rest.starts_with("=\"")) return rest.substr(*c == U'=' ? 1 : 0);
    // A formula that goes on behind the text would make another number of it.
    return end > 1 && is_blank(rest.substr(end + 1)) ? rest.substr(2, end - 2) : rest;
  }
  return written;
}

}  // namespace

std::string plain_number(std::string_view written) {
  const std::string_view text = without_text_mark(written);
  std::string digits;
  bool has_plus = false;
  for (size_t at = 0; at < text.size();) {
    const std::optional<char32_t> c = next_code_point(text, at);
    if (!c) return {};
    if (const std::optional<int> value = digit_value(*c)) {
      digits += static_cast<char>('0' + *value);
    } else if (!stands_around_digits(*c)) {
      return {};
    }
    has_plus = has_plus || is_plus(*c);
  }
  if (digits.starts_with("00") && !has_plus) digits.erase(0, 2);
  return "+" + digits;
}

bool looks_national(std::string_view written) {
  const std::string_view text = without_text_mark(written);
  for (size_t at = 0; at < text.size();) {
    const std::optional<char32_t> c = next_code_point(text, at);
    if (!c || is_plus(*c)) return false;
    if (const std::optional<int> value = digit_value(*c)) return *value == 0 || *value == 7;
  }
  return false;
}

}  // namespace dundun
