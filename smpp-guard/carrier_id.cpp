#include "smpp-guard/carrier_id.h"

#include <cctype>
#include <charconv>
#include <cstdint>

namespace dundun {
namespace {

void add_form(std::string_view digits, int from, int to, std::vector<std::string>& forms) {
  uint64_t number = 0;
  const char* const end = digits.data() + digits.size();
  const auto [parsed, error] = std::from_chars(digits.data(), end, number, from);
  if (digits.empty() || error != std::errc() || parsed != end) return;
  char text[24];
  const auto [written, ignored] = std::to_chars(text, text + sizeof text, number, to);
  forms.emplace_back(text, written);
}

}  // namespace

std::string normalize_carrier_id(std::string_view id) {
  std::string clean;
  for (const char c : id) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isspace(byte) || (c == '0' && clean.empty())) continue;
    clean += static_cast<char>(std::tolower(byte));
  }
  return clean;
}

std::vector<std::string> carrier_id_forms(std::string_view normalized) {
  std::vector<std::string> forms{std::string(normalized)};
  add_form(normalized, 16, 10, forms);
  add_form(normalized, 10, 16, forms);
  return forms;
}

}  // namespace dundun
