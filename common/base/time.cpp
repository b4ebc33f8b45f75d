#include "common/base/time.h"

#include <algorithm>

namespace dundun {
namespace {

using namespace std::chrono;

// Writes `value` as exactly `count` digits. printf would be half of what an event costs to write.
void add_digits(std::string& out, int value, size_t count) {
  out.append(count, '0');
  for (auto digit = out.rbegin(); value > 0 && count > 0; ++digit, --count, value /= 10) {
    *digit = static_cast<char>('0' + value % 10);
  }
}

std::string format(Instant at, const char* ending, bool with_ms) {
  const auto day = floor<days>(at);
  const year_month_day date{day};
  const hh_mm_ss clock{floor<milliseconds>(at - day)};
  std::string out;
  add_digits(out, static_cast<int>(date.year()), 4);
  out += '-';
  add_digits(out, static_cast<int>(static_cast<unsigned>(date.month())), 2);
  out += '-';
  add_digits(out, static_cast<int>(static_cast<unsigned>(date.day())), 2);
  out += 'T';
  add_digits(out, static_cast<int>(clock.hours().count()), 2);
  out += ':';
  add_digits(out, static_cast<int>(clock.minutes().count()), 2);
  out += ':';
  add_digits(out, static_cast<int>(clock.seconds().count()), 2);
  if (with_ms) {
    out += '.';
    add_digits(out, static_cast<int>(clock.subseconds().count()), 3);
  }
  return out + ending;
}

// Reads exactly `count` digits at the front.
std::optional<int> take_digits(std::string_view& text, size_t count) {
  if (text.size() < count) return std::nullopt;
  int value = 0;
  for (size_t i = 0; i < count; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<sys_days> take_date(std::string_view& text) {
  const auto y = take_digits(text, 4);
  if (!y || !take(text, "-")) return std::nullopt;
  const auto m = take_digits(text, 2);
  if (!m || !take(text, "-")) return std::nullopt;
  const auto d = take_digits(text, 2);
  if (!d) return std::nullopt;
  const year_month_day date{year(*y), month(static_cast<unsigned>(*m)),
                            day(static_cast<unsigned>(*d))};
  if (!date.ok() || *y < 1970) return std::nullopt;
  return sys_days(date);
}

std::optional<microseconds> take_fraction(std::string_view& text) {
  if (!take(text, ".")) return microseconds(0);
  int64_t value = 0;
  size_t digits = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    if (digits < 6) value = value * 10 + (text.front() - '0');
    ++digits;
    text.remove_prefix(1);
  }
  if (digits == 0 || digits > 9) return std::nullopt;
  for (size_t i = digits; i < 6; ++i) value *= 10;
  return microseconds(value);
}

std::optional<microseconds> take_clock(std::string_view& text) {
  const auto h = take_digits(text, 2);
  if (!h || !take(text, ":")) return std::nullopt;
  const auto m = take_digits(text, 2);
  if (!m || *h > 23 || *m > 59) return std::nullopt;
  if (!take(text, ":")) return hours(*h) + minutes(*m);
  const auto s = take_digits(text, 2);
  if (!s || *s > 59) return std::nullopt;
  const auto fraction = take_fraction(text);
  if (!fraction) return std::nullopt;
  return hours(*h) + minutes(*m) + seconds(*s) + *fraction;
}

std::optional<minutes> take_zone(std::string_view& text) {
  if (take(text, "Zz")) return minutes(0);
  if (text.empty()) return std::nullopt;
  const bool west = text.front() == '-';
  if (!take(text, "+-")) return std::nullopt;
  const auto h = take_digits(text, 2);
  if (!h) return std::nullopt;
  const bool hours_alone = text.empty();
  (void)take(text, ":");
  const auto m = hours_alone ? 0 : take_digits(text, 2);
  if (!m || *h > 23 || *m > 59) return std::nullopt;
  const minutes offset = hours(*h) + minutes(*m);
  return west ? -offset : offset;
}

}  // namespace

Instant now() { return floor<microseconds>(system_clock::now()); }

std::string format_z(Instant at) { return format(at, "Z", false); }
std::string format_z_ms(Instant at) { return format(at, "Z", true); }
std::string format_offset(Instant at) { return format(at, "+00:00", false); }

std::optional<Instant> parse_rfc3339(std::string_view text) {
  const auto date = take_date(text);
  if (!date || !take(text, "Tt ")) return std::nullopt;
  const auto clock = take_clock(text);
  if (!clock) return std::nullopt;
  const auto zone = take_zone(text);
  if (!zone || !text.empty()) return std::nullopt;
  return Instant(*date) + *clock - *zone;
}

bool has_lost_plus(std::string_view text) {
  const size_t space = text.rfind(' ');
  if (space == std::string_view::npos) return false;
  std::string with_plus(text);
  with_plus[space] = '+';
  return parse_rfc3339(with_plus).has_value();
}

std::optional<WrittenTime> parse_written_time(std::string_view text) {
  using std::chrono::milliseconds;
  constexpr size_t kDateSize = 10, kMinuteSize = 16;
  const bool is_date = text.size() == kDateSize;
  const std::optional<Instant> at =
      parse_rfc3339(is_date ? std::string(text) + "T00:00:00Z" : std::string(text));
  if (!at) return std::nullopt;
  if (is_date) return WrittenTime{*at, *at + std::chrono::days(1)};
  if (text.size() <= kMinuteSize || text[kMinuteSize] != ':') {
    return WrittenTime{*at, *at + std::chrono::minutes(1)};
  }
  std::chrono::microseconds unit = std::chrono::seconds(1);
  const size_t point = text.find_first_of(".,");
  for (size_t i = point + 1;
       point != text.npos && i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i) {
    unit = std::max(unit / 10, std::chrono::microseconds(1));
  }
  return WrittenTime{std::chrono::ceil<milliseconds>(*at),
                     std::chrono::ceil<milliseconds>(*at + unit)};
}

}  // namespace dundun
