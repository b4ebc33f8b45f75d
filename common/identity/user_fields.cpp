#include "common/identity/user_fields.h"

#include <algorithm>

#include "common/base/text.h"
#include "common/identity/guessing.h"

namespace dundun {
namespace {

constexpr size_t kEmailBytesMax = 254;
constexpr size_t kPasswordBytesMax = 1024;

bool is_email(std::string_view text) {
  const size_t at = text.find('@');
  if (at == std::string_view::npos || at == 0 || at != text.rfind('@')) return false;
  const std::string_view host = text.substr(at + 1);
  if (host.empty() || host.starts_with('.') || host.ends_with('.')) return false;
  return text.size() <= kEmailBytesMax && std::ranges::all_of(text, [](char c) {
           return c > ' ' && c <= '~' && c != '<' && c != '>' && c != '"' && c != ',';
         });
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = lower_ascii(c);
  return lower;
}

Result<std::string> parse_email(std::string_view text) {
  const bool is_ascii = std::ranges::all_of(text, [](char c) { return (c & 0x80) == 0; });
  if (!is_ascii) {
    return invalid_field("email",
                         "only the ASCII form is taken: write the domain as its xn-- name, and ask "
                         "the mail provider for an address without accents or other scripts before "
                         "the @",
                         "value_error.email");
  }
  if (!is_email(text)) {
    return invalid_field("email", "value is not a valid email address", "value_error.email");
  }
  return lower_case(text);
}

Status check_new_password(const NewPassword& password, const SessionConfig& config) {
  const std::string_view text = password.text;
  if (count_characters(text) < static_cast<size_t>(config.password_length_min)) {
    return invalid_field(password.field,
                         "ensure this value has at least " +
                             std::to_string(config.password_length_min) + " characters",
                         "value_error.any_str.min_length");
  }
  if (text.size() > kPasswordBytesMax) {
    return invalid_field(password.field, "ensure this value has at most 1024 bytes",
                         "value_error.any_str.max_length");
  }
  if (is_easily_guessed(text, password.email)) {
    return invalid_field(password.field, "choose one that is harder to guess", "value_error");
  }
  return Done{};
}

}  // namespace dundun
