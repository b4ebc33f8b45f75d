#include "common/sms/template.h"

#include <algorithm>

#include "common/sms/characters.h"
#include "common/sms/encoding.h"

namespace dundun {
namespace {

// Without spaces of any width and invisible characters at both ends.
std::string_view trimmed(std::string_view text) {
  size_t first = std::string_view::npos, end = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t start = at;
    const std::optional<char32_t> c = next_code_point(text, at);
    if (!c) return text;
    if (is_space(*c) || is_invisible(*c)) continue;
    if (first == std::string_view::npos) first = start;
    end = at;
  }
  return first == std::string_view::npos ? std::string_view() : text.substr(first, end - first);
}

// What is between "{{" at `open` and "}}" at `close`; empty: these braces are just text.
std::string_view inside_braces(std::string_view text, size_t open, size_t close) {
  const std::string_view inside = text.substr(open + 2, close - open - 2);
  if (inside.find_first_of("{}\n") != std::string_view::npos) return {};
  return trimmed(inside.substr(0, inside.find('|'))).empty() ? std::string_view() : inside;
}

}  // namespace

Template::Piece Template::variable(std::string_view name, const ListHeaders& headers) {
  const std::string key = name_key(name);
  for (const bool exactly : {true, false}) {
    const auto means = [&](const std::string& header) {
      return exactly ? header == name : !header.empty() && name_key(header) == key;
    };
    const auto found = std::ranges::find_if(headers.data, means);
    if (found != headers.data.end()) {
      return {Kind::kColumn, {}, static_cast<size_t>(found - headers.data.begin())};
    }
    if (means(headers.phone)) return {Kind::kPhone};
    if (means(headers.name)) return {Kind::kName};
  }
  if (key == "phone" || key == "phonenumber") return {Kind::kPhone};
  if (key == "name" || key == "firstname") return {Kind::kName};
  return {Kind::kNothing};
}

void Template::add_variable(std::string_view inside, const ListHeaders& headers,
                            std::vector<std::string>& keys) {
  const size_t bar = inside.find('|');
  const std::string_view name = trimmed(inside.substr(0, bar));
  Piece piece = variable(name, headers);
  if (bar != std::string_view::npos) piece.literal = trimmed(inside.substr(bar + 1));
  const std::string key = name_key(name);
  const auto known = std::ranges::find(keys, key);
  piece.variable = static_cast<size_t>(known - keys.begin());
  if (known == keys.end()) {
    keys.push_back(key);
    variables_.emplace_back(name);
  }
  pieces_.push_back(std::move(piece));
}

Template Template::compile(std::string_view text, std::span<const std::string> columns) {
  return compile(text, ListHeaders{{columns.begin(), columns.end()}, {}, {}});
}

Template Template::compile(std::string_view text, const ListHeaders& headers) {
  Template compiled;
  std::string literal;
  std::vector<std::string> keys;
  while (!text.empty()) {
    const size_t open = text.find("{{");
    const size_t close = open == std::string_view::npos ? open : text.find("}}", open + 2);
    if (close == std::string_view::npos) break;
    const std::string_view inside = inside_braces(text, open, close);
    if (inside.empty()) {  // one brace further on there may be a variable
      literal.append(text.substr(0, open + 1));
      text.remove_prefix(open + 1);
      continue;
    }
    literal.append(text.substr(0, open));
    if (!literal.empty()) compiled.pieces_.push_back({Kind::kLiteral, std::move(literal)});
    literal.clear();
    compiled.add_variable(inside, headers, keys);
    text.remove_prefix(close + 2);
  }
  literal.append(text);
  if (!literal.empty()) compiled.pieces_.push_back({Kind::kLiteral, std::move(literal)});
  return compiled;
}

std::string_view Template::value_of(const Piece& piece, std::string_view phone,
                                    std::string_view name, std::span<const std::string> values) {
  switch (piece.kind) {
    case Kind::kPhone:
      return phone;
    case Kind::kName:
      return name;
    case Kind::kColumn:
      return piece.column < values.size() ? std::string_view(values[piece.column])
                                          : std::string_view();
    default:
      return {};
  }
}

bool Template::render(std::string_view phone, std::string_view name,
                      std::span<const std::string> values, std::string& out) const {
  out.clear();
  for (const Piece& piece : pieces_) {
    const std::string_view value = value_of(piece, phone, name, values);
    const bool instead =
        piece.kind == Kind::kLiteral || (!piece.literal.empty() && is_blank(value));
    out += instead ? piece.literal : value;
    if (out.size() > kRenderedBytesMax) return false;
  }
  return true;
}

void Template::count_missing(std::string_view phone, std::string_view name,
                             std::span<const std::string> values,
                             std::vector<int64_t>& counts) const {
  counts.resize(std::max(counts.size(), variables_.size()));
  std::vector<bool> counted(variables_.size());
  for (const Piece& piece : pieces_) {
    if (piece.kind == Kind::kLiteral || counted[piece.variable]) continue;
    counted[piece.variable] = true;
    if (is_blank(value_of(piece, phone, name, values))) ++counts[piece.variable];
  }
}

}  // namespace dundun
