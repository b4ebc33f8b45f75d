// From a raw request target to the endpoint of a binary's table.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/percent.h"
#include "common/web/endpoint.h"
#include "common/web/request.h"

namespace dundun {

inline constexpr size_t kTargetBytesMax = 5120;

Method parse_method(std::string_view name);
std::string_view method_name(Method method);

// Appends the decoded pairs of "a=1&b=2". kInvalidRequest for a broken percent escape.
Status parse_query(std::string_view text, std::vector<std::pair<std::string, std::string>>& pairs,
                   Nul nul = Nul::kRefused);

// Splits "/api/messages/x?limit=5" into base, path and decoded query. kUriTooLong; kInvalidRequest
// for a broken escape in the query and, under a base, for bytes that are not UTF-8.
Status parse_target(std::string_view target, Request& request);

// Finds the endpoint of a request and fills request.parameters. A literal segment wins over {…}.
// kNotFound, or kMethodNotAllowed if only the method is wrong (HEAD counts as GET). A path with a
// broken escape, or that is not UTF-8, matches nothing.
Result<const Endpoint*> match(std::span<const Endpoint> endpoints, Request& request);

// "GET, POST": the methods that a path takes, for the header Allow.
std::string allowed_methods(std::span<const Endpoint> endpoints, const Request& request);

}  // namespace dundun
