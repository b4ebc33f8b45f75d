#include "common/io/password.h"

#include <argon2.h>

#include "common/io/crypto.h"

namespace dundun {
namespace {

constexpr size_t kSaltBytes = 16;
constexpr size_t kHashBytes = 32;
constexpr uint32_t kLanes = 1;

}  // namespace

Result<std::string> hash_password(std::string_view password, const PasswordCost& cost) {
  const std::string salt = random_bytes(kSaltBytes);
  std::string encoded(
      argon2_encodedlen(cost.passes, cost.memory_kib, kLanes, kSaltBytes, kHashBytes, Argon2_id),
      '\0');
  const int outcome =
      argon2id_hash_encoded(cost.passes, cost.memory_kib, kLanes, password.data(), password.size(),
                            salt.data(), salt.size(), kHashBytes, encoded.data(), encoded.size());
  if (outcome != ARGON2_OK) {
    return fail(ErrorCode::kInternal, "Internal server error", argon2_error_message(outcome));
  }
  encoded.resize(encoded.find('\0'));
  return encoded;
}

bool is_password(const std::string& encoded, std::string_view password) {
  return argon2id_verify(encoded.c_str(), password.data(), password.size()) == ARGON2_OK;
}

bool has_cost(std::string_view encoded, const PasswordCost& cost) {
  const std::string parameters = "$m=" + std::to_string(cost.memory_kib) +
                                 ",t=" + std::to_string(cost.passes) +
                                 ",p=" + std::to_string(kLanes) + "$";
  return encoded.find(parameters) != std::string_view::npos;
}

}  // namespace dundun
