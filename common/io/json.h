// JSON by RapidJSON, with limits that its defaults lack: depth (its parser recurses), valid UTF-8,
// no U+0000 in texts, integers that do not become doubles, and no abort on a missing member.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/money.h"
#include "common/base/result.h"

namespace dundun {

inline constexpr int kJsonDepthMax = 32;
inline constexpr size_t kJsonBytesMax = 1 << 20;

// A value inside a JsonDocument; lives as long as the document.
class JsonValue {
 public:
  explicit JsonValue(const void* value) : value_(value) {}
  bool is_null() const;
  bool is_string() const;
  bool is_object() const;
  bool is_array() const;
  bool is_bool() const;
  bool is_integer() const;  // fits int64 and is written without point and exponent
  bool is_number() const;
  std::string_view string() const;  // of a string
  int64_t integer() const;          // of an integer
  bool boolean() const;
  // A number, or a decimal in a string, read exactly as written, with its exponent: 12.50, 1.25e1.
  // nullopt for anything else, and for more than 6 decimals.
  std::optional<Micros> money() const;
  std::vector<JsonValue> items() const;                            // of an array
  std::optional<JsonValue> find(std::string_view key) const;       // first one; of an object
  std::vector<std::pair<std::string, JsonValue>> members() const;  // of an object

 private:
  friend std::string to_json(const JsonValue& value);
  const void* value_;
};

// parse() refuses U+0000 in a string with kValidation, which names the field, and with
// kInvalidJson: more than 1 MiB, depth over 32, invalid UTF-8, a byte 0, lone surrogates, text
// after the value, and numbers that are longer than 400 characters or outside the range of a
// double.
class JsonDocument {
 public:
  static Result<JsonDocument> parse(std::string_view text);
  JsonDocument(JsonDocument&&) noexcept;
  ~JsonDocument();
  JsonValue root() const;

 private:
  struct State;
  explicit JsonDocument(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// A value as JSON text, without blanks.
std::string to_json(const JsonValue& value);

// The value of a field that takes one text or a list of texts.
struct OneOrMany {
  bool many = false;  // it came as a list, even if of one
  std::vector<std::string> values;
};

// Typed fields of a request object. A missing required field or a wrong type is a kValidation
// error that names the field (type value_error.missing, type_error.string …); an explicit null
// counts as missing.
class JsonObject {
 public:
  // kValidation unless the root is an object.
  static Result<JsonObject> of(const JsonDocument& document);
  Result<std::string> required_string(const char* field) const;
  Result<std::string> required_text(const char* field) const;  // and neither empty nor blank
  Result<std::optional<std::string>> optional_string(const char* field) const;
  Result<std::optional<int64_t>> optional_integer(const char* field) const;
  Result<std::optional<bool>> optional_bool(const char* field) const;
  Result<std::optional<JsonObject>> optional_object(const char* field) const;
  Result<std::vector<JsonValue>> optional_array(const char* field) const;  // empty when absent
  Result<std::optional<Micros>> optional_money(const char* field) const;
  // A text, or a list of 1 to `most` texts. The error names a wrong item by its place.
  Result<OneOrMany> one_or_many_strings(const char* field, size_t most) const;

 private:
  explicit JsonObject(JsonValue value) : value_(value) {}
  JsonValue value_;
};

// Appends JSON to a string. Keys are our own literals. Money prints exactly.
class JsonWriter {
 public:
  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);
  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(int64_t number);
  JsonWriter& value(int number) { return value(static_cast<int64_t>(number)); }
  JsonWriter& value(bool flag);
  JsonWriter& null();
  JsonWriter& money(Micros amount, int decimals_min = 2);  // JSON number from the integer
  JsonWriter& decimal(double number, int decimals);        // percentages only
  JsonWriter& raw(std::string_view json);                  // an already serialised value
  template <class T>
  JsonWriter& member(std::string_view name, const T& v) {
    key(name);
    return value(v);
  }
  template <class T>
  JsonWriter& member(std::string_view name, const std::optional<T>& v) {
    key(name);
    return v ? value(*v) : null();
  }
  JsonWriter& member_null(std::string_view name) {
    key(name);
    return null();
  }
  JsonWriter& member_money(std::string_view name, Micros v, int decimals_min = 2) {
    key(name);
    return money(v, decimals_min);
  }
  const std::string& text() const { return out_; }
  std::string take() { return std::move(out_); }

 private:
  void separate();
  std::string out_;
  bool need_comma_ = false;
};

}  // namespace dundun
