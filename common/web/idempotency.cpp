#include "common/web/idempotency.h"

#include <algorithm>

#include "common/io/crypto.h"
#include "common/web/router.h"

namespace dundun {
namespace {

constexpr size_t kKeyBytesMax = 255;

}  // namespace

Result<std::optional<IdempotencyKey>> idempotency_key(const Request& request,
                                                      const Caller& caller) {
  std::string_view key = request.idempotency_key;
  if (key.empty()) return std::optional<IdempotencyKey>();
  if (key.size() >= 2 && key.front() == '"' && key.back() == '"') {
    key = key.substr(1, key.size() - 2);
  }
  const bool printable = std::ranges::all_of(key, [](char c) { return c > ' ' && c <= '~'; });
  if (key.empty() || key.size() > kKeyBytesMax || !printable) {
    return fail(ErrorCode::kInvalidRequest,
                "Idempotency-Key must be 1 to 255 printable characters without spaces.");
  }
  std::string scope(environment_name(caller.environment));
  scope.append("\n").append(method_name(request.method)).append("\n").append(request.path);
  scope.append("\n").append(key);
  return std::optional<IdempotencyKey>(IdempotencyKey{sha256(scope), sha256(request.body)});
}

}  // namespace dundun
