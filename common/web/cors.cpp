#include "common/web/cors.h"

#include <algorithm>

namespace dundun {
namespace {

// Read by pages of customers.
constexpr std::string_view kForEverybody[] = {"/pricing", "/sender-ids/fees"};

constexpr const char* kRequestHeaders =
    "Authorization, Content-Type, Idempotency-Key, X-API-Key, X-CSRF-Token, X-Environment";
constexpr const char* kAnswerHeaders =
    "Content-Disposition, ETag, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id";
constexpr int kPreflightKeptS = 7200;  // the most that browsers take

bool is_for_everybody(const Request& request) {
  return request.base != Base::kNone && std::ranges::count(kForEverybody, request.path) > 0;
}

void answer_preflight(const std::string& allowed_methods, Response& response) {
  response.status = 204;
  response.body.clear();
  response.headers.emplace_back("Access-Control-Allow-Methods", allowed_methods);
  response.headers.emplace_back("Access-Control-Allow-Headers", kRequestHeaders);
  response.headers.emplace_back("Access-Control-Max-Age", std::to_string(kPreflightKeptS));
}

}  // namespace

void add_cors(const Request& request, Asks asks, std::span<const std::string> origins,
              const std::string& allowed_methods, Response& response) {
  const bool everybody = is_for_everybody(request);
  if (!everybody) {
    if (origins.empty()) return;
    response.headers.emplace_back("Vary", "Origin");
    if (std::ranges::find(origins, request.origin) == origins.end()) return;
    response.headers.emplace_back("Access-Control-Allow-Credentials", "true");
  }
  response.headers.emplace_back("Access-Control-Allow-Origin", everybody ? "*" : request.origin);
  if (asks == Asks::kItself || allowed_methods.empty()) {
    response.headers.emplace_back("Access-Control-Expose-Headers", kAnswerHeaders);
    return;
  }
  answer_preflight(allowed_methods, response);
}

}  // namespace dundun
