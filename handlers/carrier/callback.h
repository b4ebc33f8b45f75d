// What all calls of carriers share: who calls, the fields in any of their forms, and the answer.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/carrier/routing.h"
#include "common/web/endpoint.h"

namespace dundun {

// The carrier that the path names, if the request has one of its secrets (a Bearer token, or the
// path segment after the name). kInvalidSignature otherwise, and for an unknown carrier;
// kAddressNotAllowed as from_its_networks().
// kUnavailable if no configuration could be read yet.
Result<std::string> calling_carrier(const Context& context);

// kAddressNotAllowed: the carrier calls from networks of its own, and this is none of them. Asked
// after the carrier's proof, as the networks of a key are: a stranger learns nothing from it.
// kUnavailable if no configuration could be read yet.
Status from_its_networks(const Context& context, std::string_view carrier);

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

// 200. A call with GET gets an empty body, because some gateways send the body to the phone.
Response callback_answer(const Request& request, std::string_view status, std::string_view id);

}  // namespace dundun
