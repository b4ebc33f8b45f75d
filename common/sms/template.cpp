#include "common/sms/template.h"

#include <algorithm>
#include <cctype>

namespace dundun {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

bool same_in_any_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

// The name between "{{" at `open` and "}}" at `close`; empty: these braces are just text.
std::string_view name_between(std::string_view text, size_t open, size_t close) {
  const std::string_view name = trimmed(text.substr(open + 2, close - open - 2));
  return name.find_first_of("{}\n") == std::string_view::npos ? name : std::string_view();
}

}  // namespace

Template::Piece Template::variable(std::string_view name, std::span<const std::string> columns) {
  if (name == "phone" || name == "phone_number") return {Kind::kPhone, {}};
  if (name == "name" || name == "first_name") return {Kind::kName, {}};
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i] == name) return {Kind::kColumn, {}, i};
  }
  for (size_t i = 0; i < columns.size(); ++i) {
    if (same_in_any_case(columns[i], name)) return {Kind::kColumn, {}, i};
  }
  return {Kind::kNothing, {}};
}

Template Template::compile(std::string_view text, std::span<const std::string> columns) {
  Template compiled;
  std::string literal;
  while (!text.empty()) {
    const size_t open = text.find("{{");
    const size_t close = open == std::string_view::npos ? open : text.find("}}", open + 2);
    if (close == std::string_view::npos) break;
    const std::string_view name = name_between(text, open, close);
    if (name.empty()) {  // one brace further on there may be a variable
      literal.append(text.substr(0, open + 1));
      text.remove_prefix(open + 1);
      continue;
    }
    literal.append(text.substr(0, open));
    if (!literal.empty()) compiled.pieces_.push_back({Kind::kLiteral, std::move(literal)});
    literal.clear();
    compiled.pieces_.push_back(variable(name, columns));
    compiled.has_variables_ = true;
    text.remove_prefix(close + 2);
  }
  literal.append(text);
  if (!literal.empty()) compiled.pieces_.push_back({Kind::kLiteral, std::move(literal)});
  return compiled;
}

bool Template::render(std::string_view phone, std::string_view name,
                      std::span<const std::string> values, std::string& out) const {
  out.clear();
  for (const Piece& piece : pieces_) {
    switch (piece.kind) {
      case Kind::kLiteral:
        out += piece.literal;
        break;
      case Kind::kPhone:
        out += phone;
        break;
      case Kind::kName:
        out += name;
        break;
      case Kind::kColumn:
        if (piece.column < values.size()) out += values[piece.column];
        break;
      case Kind::kNothing:
        break;
    }
    if (out.size() > kRenderedBytesMax) return false;
  }
  return true;
}

}  // namespace dundun
