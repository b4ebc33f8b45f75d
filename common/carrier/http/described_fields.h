// Reads an object of a carrier's description. Every error names the field by its path
// ("answer.rules[2].means"). A member that is not known is an error too.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "common/io/json.h"

namespace dundun {

class DescribedFields {
 public:
  // kInvalidRequest unless it is an object. `path` is "" for the whole description.
  static Result<DescribedFields> of(JsonValue value, std::string path);

  // null is the same as absent. All of these give kInvalidRequest for another type.
  Result<std::optional<std::string>> text(const char* name);
  Result<std::string> required_text(const char* name);
  Result<std::optional<bool>> flag(const char* name);
  // Without the member `target` is unchanged.
  struct Range {
    int least, most;
  };
  Status number(const char* name, Range range, int& target);
  Result<std::optional<DescribedFields>> object(const char* name);
  Result<std::vector<DescribedFields>> objects(const char* name);  // a list of them
  // An object whose members are all texts, in their order; empty if absent.
  using Texts = std::vector<std::pair<std::string, std::string>>;
  Result<Texts> texts(const char* name);
  Result<std::vector<std::string>> list(const char* name);  // texts; one alone counts as a list
  std::optional<JsonValue> any(const char* name);

  // Call this last: kInvalidRequest if there is a member that was not asked for; the error names
  // it.
  Status nothing_else() const;
  // "answer.rules[2].means <why>".
  Error wrong(std::string_view name, std::string_view why) const;
  // Puts the field's name before an error's message.
  template <class T>
  Result<T> named(std::string_view name, Result<T> result) const {
    if (result) return result;
    return wrong(name, result.error().message);
  }

 private:
  DescribedFields(JsonValue value, std::string path) : value_(value), path_(std::move(path)) {}
  std::string path_of(std::string_view name) const;

  JsonValue value_;
  std::string path_;
  std::set<std::string, std::less<>> asked_;
};

}  // namespace dundun
