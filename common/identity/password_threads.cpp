#include "common/identity/password_threads.h"

#include "common/base/metrics.h"
#include "common/sms/characters.h"

namespace dundun {
namespace {

// What an unknown user's password is compared with, made once at the cost of the others.
const std::string& nobodys_hash(const PasswordCost& cost) {
  static const Result<std::string> hash = hash_password("nobody", cost);
  static const std::string none;
  return hash ? *hash : none;
}

Counter& hashes() { return counter("dundun_password_hashes_total"); }

}  // namespace

PasswordThreads::PasswordThreads(const Config& config)
    : cost_{static_cast<uint32_t>(config.sessions.password_memory_kib),
            static_cast<uint32_t>(config.sessions.password_passes)},
      workers_(config.sessions.password_threads, config.sessions.password_queue_max,
               [this] { (void)nobodys_hash(cost_); }) {}  // not in the first unknown user's time

PasswordThreads::Work<bool> PasswordThreads::verify(std::string encoded, std::string password,
                                                    Executor& executor) {
  auto job = [this, encoded = std::move(encoded), password = std::move(password)] {
    const std::string& against = encoded.empty() ? nobodys_hash(cost_) : encoded;
    hashes().add();
    const std::string normal = opaque_string(password);
    bool is_right = is_password(against, normal);
    // It may have been set before passwords were normalised.
    if (!is_right && normal != password) is_right = is_password(against, password);
    return Result<bool>(is_right && !encoded.empty());
  };
  return {*this, executor, std::move(job)};
}

PasswordThreads::Work<std::string> PasswordThreads::hash(std::string password, Executor& executor) {
  auto job = [this, password = std::move(password)] {
    hashes().add();
    return hash_password(opaque_string(password), cost_);
  };
  return {*this, executor, std::move(job)};
}

}  // namespace dundun
