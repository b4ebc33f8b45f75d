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

// How well a pattern fits: -1 not at all, otherwise the number of literal segments.
int fit(std::string_view pattern, std::string_view path, std::vector<std::string>* parameters) {
  int literal = 0;
  if (pattern.starts_with('/')) pattern.remove_prefix(1);
  if (!path.starts_with('/')) return -1;
  path.remove_prefix(1);
  while (true) {
    const bool last = pattern.find('/') == std::string_view::npos;
    if (last != (path.find('/') == std::string_view::npos)) return -1;
    const std::string_view want = take_part(pattern, '/');
    const std::optional<std::string> have = percent_decode(take_part(path, '/'), Plus::kLiteral);
    if (!have || have->empty() || !is_utf8(*have)) return -1;
    if (want.starts_with('{')) {
      if (parameters != nullptr) parameters->push_back(*have);
    } else if (want == *have) {
      ++literal;
    } else {
      return -1;
    }
    if (last) return literal;
  }
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
int best_fit(std::span<const Endpoint> endpoints, const Request& request) {
  int best = -1;
  for (const Endpoint& endpoint : endpoints) {
    if (base_fits(endpoint, request)) {
      best = std::max(best, fit(endpoint.path, request.path, nullptr));
    }
  }
  return best;
}

}  // namespace

Result<const Endpoint*> match(std::span<const Endpoint> endpoints, Request& request) {
  const Endpoint* best = nullptr;
  const int wanted = best_fit(endpoints, request);
  if (wanted < 0) return fail(ErrorCode::kNotFound, "Not Found");
  for (const Endpoint& endpoint : endpoints) {
    if (!base_fits(endpoint, request) || !method_fits(endpoint, request)) continue;
    if (best == nullptr && fit(endpoint.path, request.path, nullptr) == wanted) best = &endpoint;
  }
  if (best == nullptr) return fail(ErrorCode::kMethodNotAllowed, "Method Not Allowed");
  (void)fit(best->path, request.path, &request.parameters);
  return best;
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
  for (const Endpoint& endpoint : endpoints) {
    if (!base_fits(endpoint, request)) continue;
    const int fits = fit(endpoint.path, request.path, nullptr);
    if (fits < 0 || fits != best_fit(endpoints, request)) continue;
    const std::string_view name = method_name(endpoint.method);
    if (allowed.find(name) != std::string::npos) continue;  // two templates fit the path
    allowed.append(allowed.empty() ? "" : ", ").append(name);
    if (endpoint.method == Method::kGet) allowed += ", HEAD";
  }
  return allowed;
}

}  // namespace dundun
