#include "common/carrier/http/described_fields.h"

namespace dundun {

Result<DescribedFields> DescribedFields::of(JsonValue value, std::string path) {
  if (value.is_object()) return DescribedFields(value, std::move(path));
  return fail(ErrorCode::kInvalidRequest,
              (path.empty() ? "The description" : path) + " must be an object.");
}

std::string DescribedFields::path_of(std::string_view name) const {
  return (path_.empty() ? "" : path_ + ".") + std::string(name);
}

Error DescribedFields::wrong(std::string_view name, std::string_view why) const {
  return fail(ErrorCode::kInvalidRequest, path_of(name) + " " + std::string(why));
}

std::optional<JsonValue> DescribedFields::any(const char* name) {
  asked_.insert(name);
  const std::optional<JsonValue> found = value_.find(name);
  return found && !found->is_null() ? found : std::nullopt;
}

Result<std::optional<std::string>> DescribedFields::text(const char* name) {
  const std::optional<JsonValue> value = any(name);
  if (!value) return std::optional<std::string>();
  if (!value->is_string()) return wrong(name, "must be a text.");
  return std::optional<std::string>(value->string());
}

Result<std::string> DescribedFields::required_text(const char* name) {
  std::optional<std::string> value = TRY(text(name));
  if (!value || value->empty()) return wrong(name, "is missing.");
  return *std::move(value);
}

Result<std::optional<bool>> DescribedFields::flag(const char* name) {
  const std::optional<JsonValue> value = any(name);
  if (!value) return std::optional<bool>();
  if (!value->is_bool()) return wrong(name, "must be true or false.");
  return std::optional<bool>(value->boolean());
}

Status DescribedFields::number(const char* name, Range range, int& target) {
  const std::optional<JsonValue> value = any(name);
  if (!value) return Done{};
  if (!value->is_integer() || value->integer() < range.least || value->integer() > range.most) {
    return wrong(name, "must be a whole number from " + std::to_string(range.least) + " to " +
                           std::to_string(range.most) + ".");
  }
  target = static_cast<int>(value->integer());
  return Done{};
}

Result<std::optional<DescribedFields>> DescribedFields::object(const char* name) {
  const std::optional<JsonValue> value = any(name);
  if (!value) return std::optional<DescribedFields>();
  auto fields = of(*value, path_of(name));
  if (!fields) return std::move(fields).error();
  return std::optional<DescribedFields>(*std::move(fields));
}

Result<std::vector<DescribedFields>> DescribedFields::objects(const char* name) {
  std::vector<DescribedFields> objects;
  const std::optional<JsonValue> value = any(name);
  if (!value) return objects;
  if (!value->is_array()) return wrong(name, "must be a list.");
  for (const JsonValue& item : value->items()) {
    const std::string path = path_of(name) + "[" + std::to_string(objects.size()) + "]";
    auto fields = of(item, path);
    if (!fields) return std::move(fields).error();
    objects.push_back(*std::move(fields));
  }
  return objects;
}

Result<DescribedFields::Texts> DescribedFields::texts(const char* name) {
  Texts texts;
  std::optional<DescribedFields> fields = TRY(object(name));
  if (!fields) return texts;
  for (const auto& [key, value] : fields->value_.members()) {
    if (!value.is_string()) return fields->wrong(key, "must be a text.");
    texts.emplace_back(key, value.string());
  }
  return texts;
}

Result<std::vector<std::string>> DescribedFields::list(const char* name) {
  std::vector<std::string> texts;
  const std::optional<JsonValue> value = any(name);
  if (!value) return texts;
  if (value->is_string()) return std::vector<std::string>{std::string(value->string())};
  for (const JsonValue& item : value->items()) {
    if (!item.is_string()) return wrong(name, "must be a text or a list of texts.");
    texts.emplace_back(item.string());
  }
  if (texts.empty()) return wrong(name, "must be a text or a list of texts.");
  return texts;
}

Status DescribedFields::nothing_else() const {
  for (const auto& [name, value] : value_.members()) {
    if (!asked_.contains(name)) return wrong(name, "is no field of a description.");
  }
  return Done{};
}

}  // namespace dundun
