// A text with {{variables}}, compiled once for a list's columns and rendered for each contact. What
// a contact lacks is empty; what a value contains is never looked at again.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dundun {

// A rendered text that is longer needs more than 10 segments anyway.
inline constexpr size_t kRenderedBytesMax = 8192;

class Template {
 public:
  // `columns`: the headers of the values that render() gets. {{phone}}, {{phone_number}}, {{name}}
  // and {{first_name}} are built in. Another name matches a header exactly, or else without regard
  // to case. Braces around something that is not a name stay as they are.
  static Template compile(std::string_view text, std::span<const std::string> columns);

  bool has_variables() const { return has_variables_; }
  // Replaces `out` by the rendered text. False if it would be longer than kRenderedBytesMax.
  bool render(std::string_view phone, std::string_view name, std::span<const std::string> values,
              std::string& out) const;

 private:
  enum class Kind { kLiteral, kPhone, kName, kColumn, kNothing };
  struct Piece {
    Kind kind;
    std::string literal;
    size_t column = 0;
  };
  static Piece variable(std::string_view name, std::span<const std::string> columns);
  std::vector<Piece> pieces_;
  bool has_variables_ = false;
};

}  // namespace dundun
