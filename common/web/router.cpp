#include "common/web/router.h"

#include <algorithm>
#include <utility>

#include "common/base/json_text.h"
#include "common/base/percent.h"
#include "common/base/text.h"

namespace dundun {
namespace {

constexpr std::pair<Method, std::string_view> kMethods[] = {
    {Method::kGet, "GET"},        {Method::kPost, "POST"},     {Method::kPut, "PUT"},
    {Method::kPatch, "PATCH"},    {Method::kDelete, "DELETE"}, {Method::kHead, "HEAD"},
    {Method::kOptions, "OPTIONS"}};

// Takes the part up to the next `mark` off the front of `rest`.
std::string_view take_part(std::string_view& rest, char mark) {
  const size_t end = std::min(rest.find(mark), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

// The decoded segments of a path; nullopt for one that matches nothing.
std::optional<std::vector<std::string>> segments_of(std::string_view path) {
  if (!path.starts_with('/')) return std::nullopt;
  std::vector<std::string> segments;
  for (bool is_last = false; !is_last;) {
    path.remove_prefix(1);
    const size_t end = std::min(path.find('/'), path.size());
    is_last = end == path.size();
    std::optional<std::string> segment = percent_decode(path.substr(0, end), Plus::kLiteral);
    if (!segment || segment->empty() || !is_utf8(*segment)) return std::nullopt;
    segments.push_back(*std::move(segment));
    path.remove_prefix(end);
  }
  return segments;
}

bool is_variable(std::string_view part) { return part.starts_with('{'); }

// How well a pattern fits: -1 not at all, otherwise the number of literal segments.
int fit(std::string_view pattern, const std::vector<std::string>& segments) {
  int literal = 0;
  if (pattern.starts_with('/')) pattern.remove_prefix(1);
  if (static_cast<size_t>(std::ranges::count(pattern, '/')) + 1 != segments.size()) return -1;
  for (const std::string& segment : segments) {
    const std::string_view part = take_part(pattern, '/');
    if (is_variable(part)) continue;
    if (part != segment) return -1;
    ++literal;
  }
  return literal;
}

std::vector<std::string> parameters_of(std::string_view pattern,
                                       std::vector<std::string> segments) {
  std::vector<std::string> parameters;
  if (pattern.starts_with('/')) pattern.remove_prefix(1);
  for (std::string& segment : segments) {
    if (is_variable(take_part(pattern, '/'))) parameters.push_back(std::move(segment));
  }
  return parameters;
}

bool base_fits(const Endpoint& endpoint, const Request& request) {
  return endpoint.bare == (request.base == Base::kNone);
}

bool method_fits(const Endpoint& endpoint, const Request& request) {
  return endpoint.method == request.method ||
         (endpoint.method == Method::kGet && request.method == Method::kHead);
}

}  // namespace

Method parse_method(std::string_view name) {
  for (const auto& [method, text] : kMethods) {
    if (text == name) return method;
  }
  return Method::kOther;
}

std::string_view method_name(Method method) {
  for (const auto& [known, text] : kMethods) {
    if (known == method) return text;
  }
  return "OTHER";
}

Status parse_target(std::string_view target, Request& request) {
  if (target.size() > kTargetBytesMax) {
    return fail(ErrorCode::kUriTooLong, "The request URI is too long.");
  }
  std::string_view path = take_part(target, '?');
  for (const auto& [prefix, base] :
       {std::pair<std::string_view, Base>{"/api/", Base::kApi}, {"/v1/", Base::kV1}}) {
    if (!path.starts_with(prefix)) continue;
    request.base = base;
    path.remove_prefix(prefix.size() - 1);
    break;
  }
  request.path = path;
  const bool from_carrier = request.base == Base::kNone && path.starts_with("/carrier/");
  TRY(parse_query(target, request.query, from_carrier ? Nul::kKept : Nul::kRefused));
  // Carriers, whose paths stand outside the bases, may say what their bytes mean.
  if (request.base == Base::kNone) return Done{};
  for (const auto& [name, value] : request.query) {
    if (!is_utf8(name) || !is_utf8(value)) {
      return fail(ErrorCode::kInvalidRequest, "The query string is not UTF-8.");
    }
  }
  return Done{};
}

Status parse_query(std::string_view text, std::vector<std::pair<std::string, std::string>>& pairs,
                   Nul nul) {
  while (!text.empty()) {
    std::string_view pair = take_part(text, '&');
    if (pair.empty()) continue;
    std::optional<std::string> name = percent_decode(take_part(pair, '='), Plus::kSpace);
    std::optional<std::string> value = percent_decode(pair, Plus::kSpace, nul);
    if (!name || !value) {
      return fail(ErrorCode::kInvalidRequest, "The query string has a broken percent escape.");
    }
    pairs.emplace_back(*std::move(name), *std::move(value));
  }
  return Done{};
}

std::optional<std::string_view> Request::query_value(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

namespace {

// How many segments of the path the best template names, whatever its method: GET /messages/send is
// the wrong method, not a message called send. -1: none fits.
int best_fit(std::span<const Endpoint> endpoints, const Request& request,
             const std::vector<std::string>& segments) {
  int best = -1;
  for (const Endpoint& endpoint : endpoints) {
    if (base_fits(endpoint, request)) best = std::max(best, fit(endpoint.path, segments));
  }
  return best;
}

}  // namespace

Result<const Endpoint*> match(std::span<const Endpoint> endpoints, Request& request) {
  std::optional<std::vector<std::string>> segments = segments_of(request.path);
  const int wanted = segments ? best_fit(endpoints, request, *segments) : -1;
  if (wanted < 0) return fail(ErrorCode::kNotFound, "Not Found");
  for (const Endpoint& endpoint : endpoints) {
    if (!base_fits(endpoint, request) || !method_fits(endpoint, request)) continue;
    if (fit(endpoint.path, *segments) != wanted) continue;
    request.parameters = parameters_of(endpoint.path, *std::move(segments));
    return &endpoint;
  }
  return fail(ErrorCode::kMethodNotAllowed, "Method Not Allowed");
}

std::string_view Request::bearer_token() const {
  constexpr std::string_view kBearer = "Bearer ";
  std::string_view token = authorization;
  if (!equal_ignoring_case(token.substr(0, kBearer.size()), kBearer)) return {};
  token.remove_prefix(kBearer.size());
  token.remove_prefix(std::min(token.find_first_not_of(' '), token.size()));
  return token;
}

std::string allowed_methods(std::span<const Endpoint> endpoints, const Request& request) {
  std::string allowed;
  const std::optional<std::vector<std::string>> segments = segments_of(request.path);
  const int wanted = segments ? best_fit(endpoints, request, *segments) : -1;
  if (wanted < 0) return allowed;
  for (const Endpoint& endpoint : endpoints) {
    if (!base_fits(endpoint, request) || fit(endpoint.path, *segments) != wanted) continue;
    const std::string_view name = method_name(endpoint.method);
    if (allowed.find(name) != std::string::npos) continue;  // two templates fit the path
    allowed.append(allowed.empty() ? "" : ", ").append(name);
    if (endpoint.method == Method::kGet) allowed += ", HEAD";
  }
  return allowed;
}

}  // namespace dundun
