#include "common/sms/written_number.h"

#include <algorithm>
#include <utility>

#include "common/sms/characters.h"
#include "common/sms/encoding.h"

namespace dundun {
namespace {

constexpr size_t kWrittenBytesMax = 200;

bool is_plus(char32_t c) { return c == U'+' || c == U'\uff0b' || c == U'\ufe62'; }
bool is_opening(char32_t c) { return c == U'(' || c == U'\uff08' || c == U'[' || c == U'\uff3b'; }
bool is_closing(char32_t c) { return c == U')' || c == U'\uff09' || c == U']' || c == U'\uff3d'; }
bool is_dot(char32_t c) {
  return c == U'.' || c == U'\uff0e' || c == U'\u00b7' || c == U'\u2022' || c == U'\u2024';
}
bool is_slash(char32_t c) { return c == U'/' || c == U'\uff0f'; }
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

// The characters that show; digits and dots of any script as ASCII ones. Empty: not UTF-8.
std::u32string visible(std::string_view text) {
  std::u32string shown;
  for (size_t at = 0; at < text.size();) {
    const std::optional<char32_t> c = next_code_point(text, at);
    if (!c) return {};
    if (is_invisible(*c)) continue;
    const std::optional<int> digit = digit_value(*c);
    shown += digit ? U'0' + static_cast<char32_t>(*digit) : is_space(*c) ? U' ' : *c;
  }
  const size_t first = std::min(shown.find_first_not_of(U' '), shown.size());
  return shown.substr(first, shown.find_last_not_of(U' ') + 1 - first);
}

// tel: in any case.
std::u32string without_scheme(std::u32string text) {
  constexpr std::u32string_view kScheme = U"tel:";
  const bool has = text.size() >= kScheme.size() &&
                   std::equal(kScheme.begin(), kScheme.end(), text.begin(),
                              [](char32_t want, char32_t c) { return (c | 0x20) == want; });
  return has ? text.substr(kScheme.size()) : text;
}

bool is_digit(char32_t c) { return c >= U'0' && c <= U'9'; }

// 2.54712E+11, 254712345678.0 or with a comma: what a spreadsheet shows of a number.
bool is_spreadsheet_number(const std::u32string& text) {
  constexpr size_t kWholeDigitsMin = 7;  // 712.000 is a part of a phone number
  size_t at = is_plus(text.empty() ? U' ' : text.front()) ? 1 : 0;
  const auto digits = [&] {
    const size_t begin = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return text.substr(begin, at - begin);
  };
  const std::u32string whole = digits();
  if (whole.empty() || at == text.size()) return false;
  std::u32string fraction;
  const bool has_point = text[at] == U'.' || text[at] == U',';
  if (has_point) {
    ++at;
    fraction = digits();
  }
  if (at == text.size()) {
    const bool zeros = fraction.find_first_not_of(U'0') == std::u32string::npos;
    return fraction.size() == 1 || (zeros && !fraction.empty() && whole.size() >= kWholeDigitsMin);
  }
  if (text[at] != U'E' && text[at] != U'e') return false;
  ++at;
  if (at < text.size() && (text[at] == U'+' || text[at] == U'-')) ++at;
  return !digits().empty() && at == text.size();
}

// Takes character by character; take() says whether it may stand there.
class DigitsReader {
 public:
  bool take(char32_t c) {
    if (is_digit(c)) return take_digit(c);
    if (is_plus(c)) return !std::exchange(plus_, true) && digits_.empty();
    if (is_closing(c)) note_bracket();
    if (is_opening(c)) open_ = digits_.size();
    after_mark_ = is_dot(c) || is_slash(c) || (after_mark_ && group_ == 0);
    group_ = 0;
    return c == U' ' || is_dot(c) || is_slash(c) || is_dash(c) || is_opening(c) || is_closing(c);
  }

  std::optional<WrittenNumber> finish() && {
    // One digit by itself at the end would be another number's: 25671234567/8.
    if (digits_.empty() || (after_mark_ && group_ == 1)) return std::nullopt;
    WrittenNumber number;
    number.international = plus_;
    number.trunk_zero = trunk_zero_;
    if (!plus_ && digits_.starts_with("00")) {
      number.international = true;
      digits_.erase(0, 2);
      if (number.trunk_zero) *number.trunk_zero -= std::min<size_t>(2, *number.trunk_zero);
    }
    number.digits = std::move(digits_);
    return number;
  }

 private:
  bool take_digit(char32_t c) {
    digits_ += static_cast<char>('0' + (c - U'0'));
    ++group_;
    return true;
  }
  void note_bracket() {
    const bool one_zero = open_ && digits_.size() == *open_ + 1 && digits_.back() == '0';
    if (one_zero && *open_ > 0) trunk_zero_ = open_;
    open_.reset();
  }

  std::string digits_;
  bool plus_ = false;
  bool after_mark_ = false;  // this group stands behind a dot or a slash
  size_t group_ = 0;         // digits in a row
  std::optional<size_t> open_;
  std::optional<size_t> trunk_zero_;
};

WrittenNumber faulty(NumberFault fault) { return {.fault = fault, .digits = {}, .trunk_zero = {}}; }

}  // namespace

std::string_view number_fault_name(NumberFault fault) {
  switch (fault) {
    case NumberFault::kNotANumber:
      return "not_a_number";
    case NumberFault::kSpreadsheet:
      return "spreadsheet_number";
    case NumberFault::kNoCountryCode:
      return "no_country_code";
    case NumberFault::kTooShort:
      return "too_short";
    case NumberFault::kTooLong:
      return "too_long";
    case NumberFault::kWrongLength:
      return "wrong_length";
    case NumberFault::kNotInPlan:
      return "not_in_numbering_plan";
    case NumberFault::kNoCountry:
      return "no_country";
  }
  return "not_a_number";
}

WrittenNumber read_number(std::string_view written) {
  if (written.size() > kWrittenBytesMax) return faulty(NumberFault::kNotANumber);
  const std::u32string text = without_scheme(visible(without_text_mark(written)));
  if (is_spreadsheet_number(text)) return faulty(NumberFault::kSpreadsheet);
  DigitsReader reader;
  for (const char32_t c : text) {
    if (!reader.take(c)) return faulty(NumberFault::kNotANumber);
  }
  std::optional<WrittenNumber> number = std::move(reader).finish();
  return number ? *std::move(number) : faulty(NumberFault::kNotANumber);
}

}  // namespace dundun
