// Where a value is in a carrier's answer or callback:
//   /messages/0/id   a JSON pointer (RFC 6901) into a JSON body. In a form: "/" and the field's
//                    name. "/" alone: the whole body
//   ?ref             a field of the query
//   header:Location  a header of an answer
//   after:ID:        in a plain text: what follows these characters, up to a blank, comma or "&"
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "common/io/json.h"

namespace dundun {

class ValuePath {
 public:
  ValuePath() = default;  // points at nothing
  // kInvalidRequest: none of these forms.
  static Result<ValuePath> parse(std::string_view text);
  bool empty() const { return kind_ == Kind::kNowhere; }

 private:
  friend class CarrierDocument;
  enum class Kind { kNowhere, kBody, kQuery, kHeader, kAfter };
  Kind kind_ = Kind::kNowhere;
  std::vector<std::string> keys_;  // of the pointer
  std::string name_;               // of the field, the header; the characters
};

// An answer or a callback, to look values up in.
class CarrierDocument {
 public:
  using Fields = std::vector<std::pair<std::string, std::string>>;

  CarrierDocument() = default;
  // A body that is JSON, or any other text. In another text only "after:" finds a value.
  static CarrierDocument of_text(std::string body);
  static CarrierDocument of_form(Fields form);
  void take_query(Fields query) { query_ = std::move(query); }
  void take_headers(Fields headers) { headers_ = std::move(headers); }
  bool is_json() const { return json_.has_value(); }

  // The items of a list in a JSON body; nullopt: there is no list.
  std::optional<std::vector<JsonValue>> list(const ValuePath& path) const;
  // The value as text, if it is a string, a whole number, true or false; nullopt otherwise.
  // Pointers begin at `item`, an item of list(); without it at the body.
  std::optional<std::string> find(const ValuePath& path, const JsonValue* item = nullptr) const;
  // The first value that is there and not empty; "" if there is none.
  std::string find_first(const std::vector<ValuePath>& paths,
                         const JsonValue* item = nullptr) const;

 private:
  std::optional<JsonDocument> json_;
  std::string text_;
  Fields form_, query_, headers_;
};

}  // namespace dundun
