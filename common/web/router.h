// From a raw request target to the endpoint of a binary's table.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/web/request.h"
#include "common/web/route.h"

namespace dundun {

inline constexpr size_t kTargetBytesMax = 5120;

Method parse_method(std::string_view name);
std::string_view method_name(Method method);

// Percent-decoding of one segment or query part; `+` becomes a space where `plus` says so.
// nullopt for a broken escape and for %00, which no id, name or filter of ours can hold.
enum class Plus { kLiteral, kSpace };
std::optional<std::string> percent_decode(std::string_view text, Plus plus);

// Appends the decoded pairs of "a=1&b=2". kInvalidRequest for a broken percent escape.
Status parse_query(std::string_view text, std::vector<std::pair<std::string, std::string>>& pairs);

// Splits "/api/messages/x?limit=5" into base, path and decoded query. kUriTooLong,
// kInvalidRequest for a broken query escape.
Status parse_target(std::string_view target, Request& request);

// The endpoint for a request; fills request.parameters. Literal segments win over {…}. kNotFound,
// or kMethodNotAllowed when only the method is wrong (HEAD counts as GET). A path with a broken
// escape matches nothing.
Result<const Endpoint*> match(std::span<const Endpoint> endpoints, Request& request);

// "GET, POST": the methods a path takes, for Allow.
std::string allowed_methods(std::span<const Endpoint> endpoints, const Request& request);

}  // namespace dundun
