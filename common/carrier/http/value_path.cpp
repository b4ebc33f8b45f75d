#include "common/carrier/http/value_path.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace dundun {
namespace {

constexpr std::string_view kHeaderPrefix = "header:", kAfterPrefix = "after:";

// "~1" is "/", "~0" is "~" (RFC 6901).
std::string unescaped(std::string_view token) {
  std::string key;
  for (size_t i = 0; i < token.size(); ++i) {
    const bool escape = token[i] == '~' && i + 1 < token.size();
    if (escape && (token[i + 1] == '0' || token[i + 1] == '1')) {
      key += token[++i] == '1' ? '/' : '~';
    } else {
      key += token[i];
    }
  }
  return key;
}

std::optional<JsonValue> step(const JsonValue& from, const std::string& key) {
  if (from.is_object()) return from.find(key);
  if (!from.is_array()) return std::nullopt;
  size_t place = 0;
  const char* const end = key.data() + key.size();
  const auto [parsed, error] = std::from_chars(key.data(), end, place);
  const std::vector<JsonValue> items = from.items();
  if (error != std::errc() || parsed != end || place >= items.size()) return std::nullopt;
  return items[place];
}

std::optional<JsonValue> walk(JsonValue value, const std::vector<std::string>& keys) {
  for (const std::string& key : keys) {
    const std::optional<JsonValue> next = step(value, key);
    if (!next) return std::nullopt;
    value = *next;
  }
  return value;
}

std::optional<std::string> plain_text(const JsonValue& value) {
  if (value.is_string()) return std::string(value.string());
  if (value.is_integer()) return std::to_string(value.integer());
  if (value.is_bool()) return value.boolean() ? "true" : "false";
  return std::nullopt;
}

std::optional<std::string> field(const CarrierDocument::Fields& fields, std::string_view name) {
  for (const auto& [key, value] : fields) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

std::optional<std::string> after(std::string_view text, std::string_view mark) {
  const size_t at = text.find(mark);
  if (at == text.npos) return std::nullopt;
  text.remove_prefix(at + mark.size());
  while (text.starts_with(' ')) text.remove_prefix(1);
  const std::string_view value = text.substr(0, text.find_first_of(" \t\r\n,&"));
  if (value.empty()) return std::nullopt;
  return std::string(value);
}

}  // namespace

Result<ValuePath> ValuePath::parse(std::string_view text) {
  ValuePath path;
  if (text.starts_with('/')) {
    path.kind_ = Kind::kBody;
    if (text == "/") return path;
    while (!text.empty()) {
      text.remove_prefix(1);
      const std::string_view token = text.substr(0, text.find('/'));
      path.keys_.push_back(unescaped(token));
      text.remove_prefix(token.size());
    }
    return path;
  }
  if (text.starts_with('?') && text.size() > 1) {
    path.kind_ = Kind::kQuery;
    path.name_ = text.substr(1);
  } else if (text.starts_with(kHeaderPrefix) && text.size() > kHeaderPrefix.size()) {
    path.kind_ = Kind::kHeader;
    path.name_ = lower(text.substr(kHeaderPrefix.size()));
  } else if (text.starts_with(kAfterPrefix) && text.size() > kAfterPrefix.size()) {
    path.kind_ = Kind::kAfter;
    path.name_ = text.substr(kAfterPrefix.size());
  } else {
    return fail(ErrorCode::kInvalidRequest,
                "must be a JSON pointer (/a/0/b), ?field, header:Name or after:characters.");
  }
  return path;
}

CarrierDocument CarrierDocument::of_text(std::string body) {
  CarrierDocument document;
  if (auto json = JsonDocument::parse(body)) document.json_.emplace(*std::move(json));
  document.text_ = std::move(body);
  return document;
}

CarrierDocument CarrierDocument::of_form(Fields form) {
  CarrierDocument document;
  document.form_ = std::move(form);
  return document;
}

std::optional<std::vector<JsonValue>> CarrierDocument::list(const ValuePath& path) const {
  if (!json_ || path.kind_ != ValuePath::Kind::kBody) return std::nullopt;
  const std::optional<JsonValue> found = walk(json_->root(), path.keys_);
  if (!found || !found->is_array()) return std::nullopt;
  return found->items();
}

std::optional<std::string> CarrierDocument::find(const ValuePath& path,
                                                 const JsonValue* item) const {
  switch (path.kind_) {
    case ValuePath::Kind::kNowhere:
      return std::nullopt;
    case ValuePath::Kind::kQuery:
      return field(query_, path.name_);
    case ValuePath::Kind::kHeader:
      return field(headers_, path.name_);
    case ValuePath::Kind::kAfter:
      return after(text_, path.name_);
    case ValuePath::Kind::kBody:
      break;
  }
  if (!json_) return path.keys_.size() == 1 ? field(form_, path.keys_[0]) : std::nullopt;
  const std::optional<JsonValue> found = walk(item != nullptr ? *item : json_->root(), path.keys_);
  return found ? plain_text(*found) : std::nullopt;
}

std::string CarrierDocument::find_first(const std::vector<ValuePath>& paths,
                                        const JsonValue* item) const {
  for (const ValuePath& path : paths) {
    if (auto value = find(path, item); value && !value->empty()) return *std::move(value);
  }
  return {};
}

}  // namespace dundun
