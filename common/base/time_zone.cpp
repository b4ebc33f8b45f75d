#include "common/base/time_zone.h"

#include <algorithm>
#include <cctype>
#include <cstdio>

#include "common/base/text.h"

namespace dundun {
namespace {

constexpr size_t kNameMax = 64;
constexpr int kOffsetMaxMin = 14 * 60;  // Kiribati

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool starts_with_ascii(std::string_view text, std::string_view start) {
  return text.size() >= start.size() && equal_ignoring_case(text.substr(0, start.size()), start);
}

bool take_front(std::string_view& text, std::string_view front) {
  if (!starts_with_ascii(text, front)) return false;
  text.remove_prefix(front.size());
  return true;
}

void skip_spaces(std::string_view& text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
}

// "03:00", "3:00", "0300", "03" or "3" in minutes.
std::optional<int> offset_minutes(std::string_view text) {
  const size_t colon = text.find(':');
  std::string digits(text);
  if (colon != std::string_view::npos) {
    if (colon == 0 || colon > 2 || text.size() - colon != 3) return std::nullopt;
    digits.erase(colon, 1);
  }
  if (digits.empty() || digits.size() > 4 || !std::ranges::all_of(digits, is_digit)) {
    return std::nullopt;
  }
  if (digits.size() == 3 && colon == std::string_view::npos) return std::nullopt;
  const int value = std::stoi(digits);
  const bool has_minutes = digits.size() > 2;
  const int hours = has_minutes ? value / 100 : value;
  const int minutes = has_minutes ? value % 100 : 0;
  if (minutes > 59 || hours * 60 + minutes > kOffsetMaxMin) return std::nullopt;
  return hours * 60 + minutes;
}

// An offset, perhaps behind UTC or GMT.
std::optional<std::string> parse_offset(std::string_view text) {
  if (!take_front(text, "UTC") && !take_front(text, "GMT")) (void)take_front(text, "UT");
  skip_spaces(text);
  const bool west = take_front(text, "-") || take_front(text, "\u2212");
  if (!west && !take_front(text, "+")) return std::nullopt;
  skip_spaces(text);
  const std::optional<int> minutes = offset_minutes(text);
  if (!minutes) return std::nullopt;
  if (*minutes == 0) return "UTC";
  char zone[32];
  (void)std::snprintf(zone, sizeof zone, "<%c%02d:%02d>%c%02d:%02d", west ? '-' : '+',
                      *minutes / 60, *minutes % 60, west ? '+' : '-', *minutes / 60, *minutes % 60);
  return zone;
}

// Zones of the IANA database whose names have no slash, less its abbreviations.
bool is_single_word(std::string_view text) {
  constexpr std::string_view kWords[] = {
      "UTC",   "GMT",       "UCT",       "Zulu",     "Universal", "Greenwich", "Cuba",   "Egypt",
      "Eire",  "GB",        "GB-Eire",   "Hongkong", "Iceland",   "Iran",      "Israel", "Jamaica",
      "Japan", "Kwajalein", "Libya",     "Navajo",   "NZ",        "NZ-CHAT",   "Poland", "Portugal",
      "PRC",   "ROK",       "Singapore", "Turkey",   "W-SU"};
  return std::ranges::any_of(kWords, [text](auto word) { return equal_ignoring_case(word, text); });
}

// Only Etc/GMT-14 to Etc/GMT+12 have a sign and digits, of which POSIX strings are made.
bool is_etc_gmt(std::string_view text) {
  if (!take_front(text, "Etc/GMT")) return false;
  const bool east = take_front(text, "-");
  const bool has_sign = east || take_front(text, "+");
  if (text.empty() || text.size() > 2 || !std::ranges::all_of(text, is_digit)) return false;
  const int hours = std::stoi(std::string(text));
  if (hours == 0) return text.size() == 1;
  return has_sign && text.front() != '0' && hours <= (east ? 14 : 12);
}

bool is_iana_name(std::string_view text) {
  if (text.size() > kNameMax) return false;
  if (is_single_word(text) || is_etc_gmt(text)) return true;
  const bool plain = std::ranges::all_of(text, [](unsigned char c) {
    return (c < 0x80 && std::isalpha(c) != 0) || c == '/' || c == '_' || c == '-';
  });
  return plain && text.find('/', 1) != std::string_view::npos && !text.starts_with('/') &&
         !text.ends_with('/') && !starts_with_ascii(text, "posix/") &&
         !starts_with_ascii(text, "right/");
}

}  // namespace

std::optional<std::string> parse_time_zone(std::string_view text) {
  skip_spaces(text);
  while (text.ends_with(' ')) text.remove_suffix(1);
  if (equal_ignoring_case(text, "Z")) return "UTC";
  if (is_iana_name(text)) return std::string(text);
  return parse_offset(text);
}

std::string_view shown_time_zone(std::string_view stored) {
  const size_t end = stored.find('>');
  if (!stored.starts_with('<') || end == std::string_view::npos) return stored;
  return stored.substr(1, end - 1);
}

}  // namespace dundun
