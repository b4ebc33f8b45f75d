// What carriers' calls have in common: who calls, the fields in whichever form they come, the
// answer.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/carrier/routing.h"
#include "common/web/route.h"

namespace dundun {

// The carrier in the path, if the secret (a Bearer token, or the segment after the name) is one of
// its own. kInvalidSignature otherwise, the same for an unknown carrier; kUnavailable while no
// configuration could be read.
Result<std::string> calling_carrier(const Context& context);

// Fields of the query, of a form or of a JSON object.
class CallbackFields {
 public:
  // kInvalidJson, kInvalidRequest for a broken form, kUnsupportedType for another body.
  static Result<CallbackFields> parse(const Request& request);

  // Fields that a description found, under our names.
  static CallbackFields of(std::vector<std::pair<std::string, std::string>> fields);

  // Absent and empty are one.
  std::optional<std::string_view> find(std::string_view name) const;
  // kInvalidRequest naming the field when it is absent, longer than `bytes_max`, not UTF-8 or has
  // control characters.
  Result<std::string> required(std::string_view name, size_t bytes_max) const;

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

// kInvalidRequest: "<field> <why>".
Error bad_field(std::string_view field, std::string_view why);

// 200. A call with GET gets an empty body: some gateways send what they are answered to the phone.
Response callback_answer(const Request& request, std::string_view status, std::string_view id);

}  // namespace dundun
