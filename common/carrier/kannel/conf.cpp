#include "common/carrier/kannel/conf.h"

namespace dundun {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\f\v";
  const size_t first = text.find_first_not_of(kBlanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

Error wrong_line(int line, const std::string& why) {
  return fail(ErrorCode::kInvalidRequest, "line " + std::to_string(line) + ": " + why);
}

// "a \"b\"" without its quotes; a value without quotes as it is.
Result<std::string> unquoted(std::string_view value, int line) {
  if (!value.starts_with('"')) return std::string(value);
  std::string text;
  for (size_t at = 1; at < value.size(); ++at) {
    if (value[at] == '"') return text;
    if (value[at] == '\\' && at + 1 < value.size()) ++at;
    text += value[at];
  }
  return wrong_line(line, "a quote without its end.");
}

class ConfReader {
 public:
  Status take(std::string_view text, int line) {
    text = trimmed(text);
    if (text.empty()) {
      open_ = false;
      return Done{};
    }
    if (text.starts_with('#')) return Done{};
    const size_t equals = text.find('=');
    if (equals == text.npos) return wrong_line(line, "no `=`.");
    const std::string name(trimmed(text.substr(0, equals)));
    std::string value = TRY(unquoted(trimmed(text.substr(equals + 1)), line));
    if (name.empty()) return wrong_line(line, "no name before the `=`.");
    return take_field(name, std::move(value), line);
  }
  Result<std::vector<KannelGroup>> finish() && { return std::move(groups_); }

 private:
  Status take_field(const std::string& name, std::string value, int line) {
    if (name == "include") {
      groups_.push_back({line, name, {{"file", std::move(value)}}});
      open_ = false;
      return Done{};
    }
    if (name == "group" && !open_) {
      if (groups_.size() == kKannelGroupsMax) return wrong_line(line, "too many groups.");
      groups_.push_back({line, std::move(value), {}});
      open_ = true;
      return Done{};
    }
    if (!open_) return wrong_line(line, "a block that does not begin with `group =`.");
    if (name == "group") return wrong_line(line, "two groups without an empty line between them.");
    groups_.back().fields.emplace_back(name, std::move(value));
    return Done{};
  }

  std::vector<KannelGroup> groups_;
  bool open_ = false;
};

}  // namespace

std::string_view KannelGroup::find(std::string_view field) const {
  for (auto each = fields.rbegin(); each != fields.rend(); ++each) {
    if (each->first == field) return each->second;
  }
  return {};
}

std::vector<std::string> KannelGroup::list(std::string_view field, std::string_view marks) const {
  std::vector<std::string> parts;
  std::string_view rest = find(field);
  while (!rest.empty()) {
    const size_t end = rest.find_first_of(marks);
    const std::string_view part = trimmed(rest.substr(0, end));
    if (!part.empty()) parts.emplace_back(part);
    rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
  }
  return parts;
}

Result<std::vector<KannelGroup>> parse_kannel_conf(std::string_view text) {
  if (text.size() > kKannelConfBytesMax) {
    return fail(ErrorCode::kInvalidRequest, "The file is over 1 MiB.");
  }
  ConfReader reader;
  int line = 0;
  std::string whole;  // with the lines that a backslash at their end continues
  int begun = 0;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const std::string_view one = text.substr(0, end);
    text = end == text.npos ? std::string_view() : text.substr(end + 1);
    if (whole.empty()) begun = line + 1;
    ++line;
    whole += one;
    if (!text.empty() && trimmed(one).ends_with('\\') && !trimmed(one).starts_with('#')) {
      whole = std::string(trimmed(whole));
      whole.back() = ' ';
      continue;
    }
    TRY(reader.take(whole, begun));
    whole.clear();
  }
  return std::move(reader).finish();
}

}  // namespace dundun
