#include "common/io/json.h"

#define RAPIDJSON_NOMEMBERITERATORCLASS  // its iterator comparison is ambiguous in C++20
#include <rapidjson/document.h>
#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <charconv>

#include "common/io/json_scan.h"

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

// RapidJSON 1.1.0 turns some numbers into an abort (CVE-2024-38517), and any into a double. So it
// hands numbers over as text: one that fits int64 becomes an integer, any other a string that
// begins with this mark. No string of a document can, because Builder refuses U+0000.
constexpr char kNumberMark = '\0';

bool is_marked(const Value& value) {
  return value.IsString() && value.GetStringLength() > 0 && *value.GetString() == kNumberMark;
}

std::string_view number_text(const Value& marked) {
  return {marked.GetString() + 1, marked.GetStringLength() - 1};
}

constexpr size_t kNumberCharsMax = 400;  // the largest double has 309 digits

// What a double holds, neither too large nor too small, as written in a few characters.
bool is_in_range(std::string_view number) {
  if (number.size() > kNumberCharsMax) return false;
  double ignored = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), ignored);
  return error == std::errc() && end == number.data() + number.size();
}

// Builds the document from what the parser reads, numbers in the form above.
class Builder {
 public:
  explicit Builder(rapidjson::Document& document) : document_(document) {}

  bool RawNumber(const char* text, rapidjson::SizeType size, bool) {
    int64_t integer = 0;
    const auto [end, error] = std::from_chars(text, text + size, integer);
    if (error == std::errc() && end == text + size) return document_.Int64(integer);
    number_refused_ = !is_in_range({text, size});
    if (number_refused_) return false;
    const std::string marked = kNumberMark + std::string(text, size);
    return document_.String(marked.data(), size + 1, true);
  }
  bool number_refused() const { return number_refused_; }

  bool Null() { return document_.Null(); }
  bool Bool(bool flag) { return document_.Bool(flag); }
  bool String(const char* text, rapidjson::SizeType size, bool copy) {
    return has_no_nul(text, size) && document_.String(text, size, copy);
  }
  bool Key(const char* text, rapidjson::SizeType size, bool copy) {
    return has_no_nul(text, size) && document_.Key(text, size, copy);
  }
  bool nul_refused() const { return nul_refused_; }
  bool StartObject() { return document_.StartObject(); }
  bool EndObject(rapidjson::SizeType size) { return document_.EndObject(size); }
  bool StartArray() { return document_.StartArray(); }
  bool EndArray(rapidjson::SizeType size) { return document_.EndArray(size); }
  // Numbers come as text only.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(int64_t) { return false; }
  bool Uint64(uint64_t) { return false; }
  bool Double(double) { return false; }

 private:
  // PostgreSQL's texts cannot hold it.
  bool has_no_nul(const char* text, size_t size) {
    nul_refused_ = std::string_view(text, size).find('\0') != std::string_view::npos;
    return !nul_refused_;
  }

  rapidjson::Document& document_;
  bool number_refused_ = false;
  bool nul_refused_ = false;
};

// Follows the parser up to the string with U+0000, and knows then where it stands.
class NulPlace : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, NulPlace> {
 public:
  bool Default() { return step(); }
  bool RawNumber(const char*, rapidjson::SizeType, bool) { return step(); }
  bool String(const char* text, rapidjson::SizeType size, bool) {
    step();
    return std::string_view(text, size).find('\0') == std::string_view::npos;
  }
  bool Key(const char* text, rapidjson::SizeType size, bool) {
    const std::string_view name(text, size);
    if (name.find('\0') != std::string_view::npos) {  // the object is to blame
      places_.pop_back();
      return false;
    }
    places_.back().name = name;
    return true;
  }
  bool StartObject() { return open({}); }
  bool StartArray() { return open(0); }
  bool EndObject(rapidjson::SizeType) { return close(); }
  bool EndArray(rapidjson::SizeType) { return close(); }

  // "text", or "recipients",0,"name": what follows "body" in an error's loc; empty for the body.
  std::string loc() const {
    JsonWriter json;
    json.begin_array().value("body");
    for (const Place& place : places_) {
      place.item ? json.value(*place.item - 1) : json.value(std::string_view(place.name));
    }
    return json.end_array().take();
  }
  // The same for people: text, recipients[0].name
  std::string path() const {
    std::string path;
    for (const Place& place : places_) {
      if (place.item) {
        path += "[" + std::to_string(*place.item - 1) + "]";
      } else {
        path += (path.empty() ? "" : ".") + place.name;
      }
    }
    return path.empty() ? "body" : path;
  }

 private:
  struct Place {
    std::optional<int64_t> item;  // of an array: how many have begun
    std::string name;             // of an object: the member
  };
  bool open(std::optional<int64_t> item) {
    step();
    places_.push_back({item, {}});
    return true;
  }
  bool close() {
    places_.pop_back();
    return true;
  }
  bool step() {
    if (!places_.empty() && places_.back().item) ++*places_.back().item;
    return true;
  }
  std::vector<Place> places_;
};

constexpr unsigned kParseFlags = rapidjson::kParseIterativeFlag |
                                 rapidjson::kParseValidateEncodingFlag |
                                 rapidjson::kParseNumbersAsStringsFlag;

Error nul_in(std::string_view text) {
  NulPlace place;
  rapidjson::MemoryStream bytes(text.data(), text.size());
  rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> input(bytes);
  rapidjson::Reader().Parse<kParseFlags>(input, place);
  const std::string what = "the character U+0000 (\\u0000) is not allowed";
  JsonWriter message;
  message.value(std::string_view(what));
  Error error = fail(ErrorCode::kValidation, place.path() + ": " + what);
  error.extra = R"([{"loc":)" + place.loc() + R"(,"msg":)" + message.text() +
                R"(,"type":"value_error.str.nul"}])";
  return error;
}

// Writes marked numbers as they were written.
class NumberWriter : public rapidjson::Writer<rapidjson::StringBuffer> {
 public:
  using Writer::Writer;
  bool String(const char* text, rapidjson::SizeType size, bool copy) {
    if (size == 0 || *text != kNumberMark) return Writer::String(text, size, copy);
    return RawValue(text + 1, size - 1, rapidjson::kNumberType);
  }
};

}  // namespace

bool JsonValue::is_null() const { return as_value(value_).IsNull(); }
bool JsonValue::is_string() const {
  return as_value(value_).IsString() && !is_marked(as_value(value_));
}
bool JsonValue::is_object() const { return as_value(value_).IsObject(); }
bool JsonValue::is_array() const { return as_value(value_).IsArray(); }
bool JsonValue::is_bool() const { return as_value(value_).IsBool(); }
bool JsonValue::is_integer() const { return as_value(value_).IsInt64(); }
bool JsonValue::is_number() const { return is_integer() || is_marked(as_value(value_)); }

// RapidJSON ends the process when a value is read as what it is not; here it reads as empty.
std::string_view JsonValue::string() const {
  if (!is_string()) return {};
  return {as_value(value_).GetString(), as_value(value_).GetStringLength()};
}

std::string to_json(const JsonValue& value) {
  rapidjson::StringBuffer text;
  NumberWriter writer(text);
  as_value(value.value_).Accept(writer);
  return {text.GetString(), text.GetSize()};
}

int64_t JsonValue::integer() const { return is_integer() ? as_value(value_).GetInt64() : 0; }

std::optional<Micros> JsonValue::money() const {
  const Value& value = as_value(value_);
  Result<Micros> micros = is_marked(value) ? parse_micros_number(number_text(value))
                          : is_integer()   ? parse_micros(std::to_string(integer()))
                                           : parse_micros(string());
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
  if (const char* why = refused_by_scan(text, kJsonDepthMax)) return invalid_json(why);
  auto state = std::make_unique<State>();
  Builder builder(state->document);
  rapidjson::MemoryStream bytes(text.data(), text.size());
  rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> input(bytes);
  rapidjson::Reader reader;
  rapidjson::ParseResult parsed;
  const auto read = [&](rapidjson::Document&) {
    parsed = reader.Parse<kParseFlags>(input, builder);
    return !parsed.IsError();
  };
  state->document.Populate(read);
  if (builder.nul_refused()) return nul_in(text);
  if (builder.number_refused()) return invalid_json("a number is too long, too large or too small");
  if (parsed.IsError()) return invalid_json(rapidjson::GetParseError_En(parsed.Code()));
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
  if (text.find_first_not_of(" \t\r\n\v\f") != std::string::npos) return text;
  if (!text.empty()) {
    return invalid_field(field, "this value has nothing but blanks", "value_error.any_str.blank");
  }
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

}  // namespace dundun
