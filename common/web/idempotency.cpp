#include "common/web/idempotency.h"

#include <algorithm>

#include "common/io/crypto.h"
#include "common/web/router.h"

namespace dundun {
namespace {

constexpr size_t kKeyBytesMax = 255;

std::string_view without_quotes(std::string_view key) {
  const bool quoted = key.size() >= 2 && key.front() == '"' && key.back() == '"';
  return quoted ? key.substr(1, key.size() - 2) : key;
}

}  // namespace

Status check_idempotency_key(const Request& request) {
  if (!request.idempotency_key) return Done{};
  const std::string_view key = without_quotes(*request.idempotency_key);
  const bool printable = std::ranges::all_of(key, [](char c) { return c > ' ' && c <= '~'; });
  if (key.empty() || key.size() > kKeyBytesMax || !printable) {
    return fail(ErrorCode::kInvalidRequest,
                "Idempotency-Key must be sent once, as 1 to 255 printable characters without "
                "spaces.");
  }
  return Done{};
}

Result<std::optional<IdempotencyKey>> idempotency_key(const Request& request,
                                                      const Caller& caller) {
  TRY(check_idempotency_key(request));
  if (!request.idempotency_key) return std::optional<IdempotencyKey>();
  const std::string_view key = without_quotes(*request.idempotency_key);
  std::string scope(environment_name(caller.environment));
  scope.append("\n").append(method_name(request.method)).append("\n").append(request.path);
  scope.append("\n").append(key);
  return std::optional<IdempotencyKey>(IdempotencyKey{sha256(scope), sha256(request.body)});
}

std::string answer_sealing_key(const Request& request) {
  const std::string key = request.idempotency_key.value_or("");
  return sha256("sealed answer\n" + std::string(without_quotes(key)));
}

}  // namespace dundun
