#include "common/identity/guessing.h"

#include <algorithm>
#include <string>
#include <unordered_set>

#include "common/base/text.h"

namespace dundun {
namespace {

constexpr std::string_view kCommonPasswords =
#include "common/identity/common_passwords.inc"
    ;
constexpr size_t kFirstPartMin = 4;  // of an e-mail, before its @

const std::unordered_set<std::string_view>& common_passwords() {
  static const auto* const words = [] {
    auto* set = new std::unordered_set<std::string_view>;
    for (std::string_view left = kCommonPasswords; !left.empty();) {
      const size_t end = std::min(left.find('\n'), left.size());
      if (end > 0) set->insert(left.substr(0, end));
      left.remove_prefix(std::min(end + 1, left.size()));
    }
    return set;
  }();
  return *words;
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80; }

// Without what people put around a word to please a rule.
std::string_view core_of(std::string_view text) {
  while (!text.empty() && !is_letter(text.front())) text.remove_prefix(1);
  while (!text.empty() && !is_letter(text.back())) text.remove_suffix(1);
  return text;
}

char letter_for(char c) {
  switch (c) {
    case '0':
      return 'o';
    case '1':
    case '!':
      return 'i';
    case '3':
      return 'e';
    case '4':
    case '@':
      return 'a';
    case '5':
    case '$':
      return 's';
    case '7':
      return 't';
    default:
      return c;
  }
}

bool is_common(std::string_view lower) {
  const auto& words = common_passwords();
  if (words.contains(lower) || words.contains(core_of(lower))) return true;
  std::string spelled(core_of(lower));
  std::ranges::transform(spelled, spelled.begin(), letter_for);
  return words.contains(spelled);
}

// The shortest part of which the text is repetitions; itself if it is none.
std::string_view unit_of(std::string_view text) {
  for (size_t size = 1; size <= text.size() / 2; ++size) {
    if (text.substr(size) == text.substr(0, text.size() - size)) return text.substr(0, size);
  }
  return text;
}

// Each character follows the one before it, up or down: abcdefghij, 0987654321.
bool is_run(std::string_view text) {
  const auto follows = [&](int step) {
    for (size_t i = 1; i < text.size(); ++i) {
      const int from = text[i - 1], to = text[i];
      const bool wraps =
          (from == '9' && to == '0' && step == 1) || (from == '0' && to == '9' && step == -1);
      if (to - from != step && !wraps) return false;
    }
    return true;
  };
  return follows(1) || follows(-1);
}

bool is_own_email(std::string_view lower, std::string_view email) {
  if (email.empty()) return false;
  if (lower == email) return true;
  const std::string_view first = email.substr(0, email.find('@'));
  return first.size() >= kFirstPartMin && (lower == first || core_of(lower) == core_of(first));
}

}  // namespace

bool is_easily_guessed(std::string_view password, std::string_view email) {
  std::string lower(password);
  for (char& c : lower) c = lower_ascii(c);
  constexpr size_t kUnitMin = 5;  // a shorter one, however often repeated, is soon guessed
  const std::string_view unit = unit_of(lower);
  if (unit.size() < kUnitMin) return true;
  return is_common(lower) || is_common(unit) || is_run(lower) || is_own_email(lower, email);
}

}  // namespace dundun
