#include "common/io/json.h"

#define RAPIDJSON_NOMEMBERITERATORCLASS  // its iterator comparison is ambiguous in C++20
#include <rapidjson/document.h>
#include <rapidjson/error/en.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <array>
#include <charconv>
#include <cmath>

#include "common/base/json_text.h"

namespace dundun {

namespace {

using Value = rapidjson::Value;

constexpr size_t kPoolChunkBytes = 4096;  // RapidJSON's own default is 64 KiB a request
constexpr size_t kStackBytes = 1024;

const Value& as_value(const void* value) { return *static_cast<const Value*>(value); }

Error invalid_json(std::string_view why) {
  return fail(ErrorCode::kInvalidJson, "Request body is not valid JSON: " + std::string(why));
}

Error invalid_item(const char* field, size_t place) {
  const std::string at = std::to_string(place);
  Error error =
      fail(ErrorCode::kValidation, std::string(field) + "[" + at + "]: str type expected");
  error.extra = std::string(R"([{"loc":["body",")") + field + R"(",)" + at +
                R"(],"msg":"str type expected","type":"type_error.str"}])";
  return error;
}

// What RapidJSON would let through: walks the text once, knowing only strings and brackets.
class PreScan {
 public:
  explicit PreScan(std::string_view text) : text_(text) {}

  // The reason to refuse, or nullptr.
  const char* refuse() {
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\0') return "a NUL character";  // RapidJSON would take it for the end
      const char* const why = in_string_ ? inside(c) : outside(c);
      if (why != nullptr) return why;
    }
    return nullptr;
  }

 private:
  const char* outside(char c) {
    if (c == '"') in_string_ = true;
    if (c == '[' || c == '{') ++depth_;
    if (c == ']' || c == '}') --depth_;
    return depth_ > kJsonDepthMax ? "nested too deeply" : nullptr;
  }

  const char* inside(char c) {
    if (c == '"') in_string_ = false;
    if (c != '\\') return nullptr;
    if (text_.substr(at_ + 1, 1) != "u") {
      ++at_;  // an escaped quote does not end the string
      return nullptr;
    }
    const int unit = escaped_unit(at_);
    if (unit < 0) return nullptr;  // the parser says what is wrong with it
    if (unit == 0) return "a NUL character";
    if (unit >= 0xDC00 && unit <= 0xDFFF) return "a lone surrogate";
    if (unit >= 0xD800 && unit <= 0xDBFF) {
      const int low = escaped_unit(at_ + 6);
      if (low < 0xDC00 || low > 0xDFFF) return "a lone surrogate";
      at_ += 6;
    }
    at_ += 5;
    return nullptr;
  }

  // The code unit of a \uXXXX escape that starts at `start`, -1 if there is none.
  int escaped_unit(size_t start) const {
    if (start + 6 > text_.size() || text_[start] != '\\' || text_[start + 1] != 'u') return -1;
    int unit = -1;
    const char* const digits = text_.data() + start + 2;
    const auto [end, error] = std::from_chars(digits, digits + 4, unit, 16);
    return error == std::errc() && end == digits + 4 && unit >= 0 ? unit : -1;
  }

  std::string_view text_;
  size_t at_ = 0;
  int depth_ = 0;
  bool in_string_ = false;
};

}  // namespace

bool JsonValue::is_null() const { return as_value(value_).IsNull(); }
bool JsonValue::is_string() const { return as_value(value_).IsString(); }
bool JsonValue::is_object() const { return as_value(value_).IsObject(); }
bool JsonValue::is_array() const { return as_value(value_).IsArray(); }
bool JsonValue::is_bool() const { return as_value(value_).IsBool(); }
bool JsonValue::is_integer() const { return as_value(value_).IsInt64(); }
bool JsonValue::is_number() const { return as_value(value_).IsNumber(); }

// RapidJSON ends the process when a value is read as what it is not; here it reads as empty.
std::string_view JsonValue::string() const {
  if (!is_string()) return {};
  return {as_value(value_).GetString(), as_value(value_).GetStringLength()};
}

std::string to_json(const JsonValue& value) {
  rapidjson::StringBuffer text;
  rapidjson::Writer<rapidjson::StringBuffer> writer(text);
  as_value(value.value_).Accept(writer);
  return {text.GetString(), text.GetSize()};
}

int64_t JsonValue::integer() const { return is_integer() ? as_value(value_).GetInt64() : 0; }

std::optional<Micros> JsonValue::money() const {
  std::string text(string());
  if (is_integer()) {
    text = std::to_string(integer());
  } else if (is_number()) {
    std::array<char, 400> digits;  // the largest double has 309 of them before the point
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(),
                                            as_value(value_).GetDouble(), std::chars_format::fixed);
    if (error == std::errc()) text.assign(digits.data(), end);
  }
  Result<Micros> micros = parse_micros(text);
  return micros ? std::optional<Micros>(*micros) : std::nullopt;
}

bool JsonValue::boolean() const { return is_bool() && as_value(value_).GetBool(); }

std::vector<JsonValue> JsonValue::items() const {
  std::vector<JsonValue> items;
  if (!is_array()) return items;
  for (const Value& item : as_value(value_).GetArray()) items.emplace_back(&item);
  return items;
}

std::optional<JsonValue> JsonValue::find(std::string_view key) const {
  if (!is_object()) return std::nullopt;
  const Value name(rapidjson::StringRef(key.data(), key.size()));
  const auto member = as_value(value_).FindMember(name);
  if (member == as_value(value_).MemberEnd()) return std::nullopt;
  return JsonValue(&member->value);
}

std::vector<std::pair<std::string, JsonValue>> JsonValue::members() const {
  std::vector<std::pair<std::string, JsonValue>> members;
  if (!is_object()) return members;
  const Value& object = as_value(value_);
  for (auto member = object.MemberBegin(); member != object.MemberEnd(); ++member) {
    members.emplace_back(std::string(member->name.GetString(), member->name.GetStringLength()),
                         JsonValue(&member->value));
  }
  return members;
}

struct JsonDocument::State {
  rapidjson::MemoryPoolAllocator<> pool{kPoolChunkBytes};
  rapidjson::Document document{&pool, kStackBytes};
};

JsonDocument::JsonDocument(std::unique_ptr<State> state) : state_(std::move(state)) {}
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument::~JsonDocument() = default;

Result<JsonDocument> JsonDocument::parse(std::string_view text) {
  if (text.size() > kJsonBytesMax) return invalid_json("it is too large");
  if (const char* why = PreScan(text).refuse()) return invalid_json(why);
  constexpr unsigned kFlags =
      rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
  auto state = std::make_unique<State>();
  state->document.Parse<kFlags>(text.data(), text.size());
  if (state->document.HasParseError()) {
    return invalid_json(rapidjson::GetParseError_En(state->document.GetParseError()));
  }
  return JsonDocument(std::move(state));
}

JsonValue JsonDocument::root() const { return JsonValue(&state_->document); }

Result<JsonObject> JsonObject::of(const JsonDocument& document) {
  if (document.root().is_object()) return JsonObject(document.root());
  Error error = fail(ErrorCode::kValidation, "body: value is not a valid dict");
  error.extra = R"([{"loc":["body"],"msg":"value is not a valid dict","type":"type_error.dict"}])";
  return error;
}

Result<std::string> JsonObject::required_string(const char* field) const {
  std::optional<std::string> text = TRY(optional_string(field));
  if (!text) return invalid_field(field, "field required", "value_error.missing");
  return *std::move(text);
}

Result<std::string> JsonObject::required_text(const char* field) const {
  std::string text = TRY(required_string(field));
  if (!text.empty()) return text;
  return invalid_field(field, "ensure this value has at least 1 character",
                       "value_error.any_str.min_length");
}

Result<std::optional<std::string>> JsonObject::optional_string(const char* field) const {
  const auto value = value_.find(field);
  if (!value || value->is_null()) return std::optional<std::string>();
  if (!value->is_string()) return invalid_field(field, "str type expected", "type_error.str");
  return std::optional<std::string>(value->string());
}

Result<std::optional<int64_t>> JsonObject::optional_integer(const char* field) const {
  const auto value = value_.find(field);
  if (!value || value->is_null()) return std::optional<int64_t>();
  if (!value->is_integer()) {
    return invalid_field(field, "value is not a valid integer", "type_error.integer");
  }
  return std::optional<int64_t>(value->integer());
}

Result<std::optional<bool>> JsonObject::optional_bool(const char* field) const {
  const auto value = value_.find(field);
  if (!value || value->is_null()) return std::optional<bool>();
  if (!value->is_bool()) {
    return invalid_field(field, "value could not be parsed to a boolean", "type_error.bool");
  }
  return std::optional<bool>(value->boolean());
}

Result<std::optional<JsonObject>> JsonObject::optional_object(const char* field) const {
  const auto value = value_.find(field);
  if (!value || value->is_null()) return std::optional<JsonObject>();
  if (!value->is_object()) {
    return invalid_field(field, "value is not a valid dict", "type_error.dict");
  }
  return std::optional<JsonObject>(JsonObject(*value));
}

Result<std::vector<JsonValue>> JsonObject::optional_array(const char* field) const {
  const auto value = value_.find(field);
  if (!value || value->is_null()) return std::vector<JsonValue>();
  if (!value->is_array()) {
    return invalid_field(field, "value is not a valid list", "type_error.list");
  }
  return value->items();
}

Result<std::optional<Micros>> JsonObject::optional_money(const char* field) const {
  const auto value = value_.find(field);
  if (!value || value->is_null()) return std::optional<Micros>();
  const std::optional<Micros> amount = value->money();
  if (!amount) return invalid_field(field, "value is not a valid decimal", "type_error.decimal");
  return amount;
}

Result<OneOrMany> JsonObject::one_or_many_strings(const char* field, size_t most) const {
  const auto value = value_.find(field);
  if (!value || value->is_null()) {
    return invalid_field(field, "field required", "value_error.missing");
  }
  if (value->is_string()) return OneOrMany{false, {std::string(value->string())}};
  if (!value->is_array()) {
    return invalid_field(field, "str or list of str expected", "type_error.str");
  }
  OneOrMany list{true, {}};
  for (const JsonValue& item : value->items()) {
    if (!item.is_string()) return invalid_item(field, list.values.size());
    if (list.values.size() == most) {
      return invalid_field(field,
                           "ensure this value has at most " + std::to_string(most) + " items",
                           "value_error.list.max_items");
    }
    list.values.emplace_back(item.string());
  }
  if (!list.values.empty()) return list;
  return invalid_field(field, "ensure this value has at least 1 item",
                       "value_error.list.min_items");
}

void JsonWriter::separate() {
  if (need_comma_) out_ += ',';
  need_comma_ = true;
}

JsonWriter& JsonWriter::begin_object() {
  separate();
  out_ += '{';
  need_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::end_object() {
  out_ += '}';
  need_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::begin_array() {
  separate();
  out_ += '[';
  need_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::end_array() {
  out_ += ']';
  need_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  append_json_string(out_, name);
  out_ += ':';
  need_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
  separate();
  append_json_string(out_, text);
  return *this;
}

JsonWriter& JsonWriter::value(int64_t number) { return raw(std::to_string(number)); }

JsonWriter& JsonWriter::value(bool flag) { return raw(flag ? "true" : "false"); }

JsonWriter& JsonWriter::null() { return raw("null"); }

JsonWriter& JsonWriter::money(Micros amount, int decimals_min) {
  return raw(format_micros(amount, decimals_min));
}

JsonWriter& JsonWriter::decimal(double number, int decimals) {
  std::array<char, 400> digits;  // the largest double has 309 of them before the point
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number,
                                          std::chars_format::fixed, decimals);
  if (error != std::errc() || !std::isfinite(number)) return null();
  return raw(std::string_view(digits.data(), static_cast<size_t>(end - digits.data())));
}

JsonWriter& JsonWriter::raw(std::string_view json) {
  separate();
  out_ += json;
  return *this;
}

}  // namespace dundun
