#include "common/base/language.h"

#include <algorithm>

#include "common/base/text.h"

namespace dundun {
namespace {

// Weights have three digits at most: "1", "0.8", "0.125". In thousandths; 0 for what is no weight.
int weight_of(std::string_view text) {
  if (text.empty() || (text[0] != '0' && text[0] != '1')) return 0;
  if (text.size() > 1 && text[1] != '.') return 0;
  int thousandths = (text[0] - '0') * 1000;
  int place = 100;
  for (size_t i = 2; i < text.size(); ++i, place /= 10) {
    if (text[i] < '0' || text[i] > '9') return 0;
    thousandths += (text[i] - '0') * place;
  }
  return std::min(thousandths, 1000);
}

// Takes what stands before the next `separator` off the list.
std::string_view take_until(char separator, std::string_view& list) {
  const std::string_view first = list.substr(0, list.find(separator));
  list.remove_prefix(std::min(first.size() + 1, list.size()));
  return without_blanks(first);
}

std::string_view ours(std::string_view range) {
  const std::string_view primary = range.substr(0, range.find('-'));
  for (const std::string_view language : kLanguages) {
    if (equal_ignoring_case(primary, language)) return language;
  }
  return {};
}

}  // namespace

std::string_view preferred_language(std::string_view accept_language) {
  std::string_view best = kLanguages[0];
  int most = 0;
  while (!accept_language.empty()) {
    std::string_view parameters = take_until(',', accept_language);
    const std::string_view language = ours(take_until(';', parameters));
    const std::string_view weight = without_blanks(parameters);
    const int wanted = weight.starts_with("q=") ? weight_of(weight.substr(2)) : 1000;
    if (language.empty() || wanted <= most) continue;
    best = language;
    most = wanted;
  }
  return best;
}

}  // namespace dundun
