// A text with {{variables}} compiled once for a list's columns and rendered for each
// contact. What a contact lacks is empty, or what {{name|there}} gives for it; what a value
// contains is never looked at again.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/sms/contact_columns.h"

namespace dundun {

// A rendered text that is longer needs more than 10 segments anyway.
inline constexpr size_t kRenderedBytesMax = 8192;

class Template {
 public:
  // columns: headers of the values that render() gets. A name means the column that has exactly
  // it or, failing that, its name_key; only then {{phone}}, {{phone_number}}, {{name}} and
  // {{first_name}}, which are built in. Braces that name nothing well-formed stay as they are.
  static Template compile(std::string_view text, std::span<const std::string> columns);
  // The phone's and the name's columns are variables too: they mean the contact's number and name.
  static Template compile(std::string_view text, const ListHeaders& headers);

  bool has_variables() const { return !variables_.empty(); }
  // The different names in the text, as they are first written, in that order.
  const std::vector<std::string>& variables() const { return variables_; }

  // Replaces `out`. False when it would grow beyond kRenderedBytesMax.
  bool render(std::string_view phone, std::string_view name, std::span<const std::string> values,
              std::string& out) const;

  // Adds 1 to counts[i] for each of variables() that the contact has nothing for. A default does
  // not make up for it: it is the value that is missing.
  void count_missing(std::string_view phone, std::string_view name,
                     std::span<const std::string> values, std::vector<int64_t>& counts) const;

 private:
  enum class Kind { kLiteral, kPhone, kName, kColumn, kNothing };
  struct Piece {
    Kind kind = Kind::kNothing;
    std::string literal{};  // or the default
    size_t column = 0;
    size_t variable = 0;  // place in variables_
  };
  static Piece variable(std::string_view name, const ListHeaders& headers);
  void add_variable(std::string_view inside, const ListHeaders& headers,
                    std::vector<std::string>& keys);
  static std::string_view value_of(const Piece& piece, std::string_view phone,
                                   std::string_view name, std::span<const std::string> values);
  std::vector<Piece> pieces_;
  std::vector<std::string> variables_;
};

}  // namespace dundun
