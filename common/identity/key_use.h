// Collects which API keys are used, and writes it to api_keys.last_used_at from time to time.
#pragma once

#include <cstdint>
#include <mutex>
#include <span>
#include <unordered_set>

#include "common/identity/gate.h"
#include "common/io/pg.h"

namespace dundun {

// Thread-safe.
class KeyUse {
 public:
  explicit KeyUse(PgPool& pool) : pool_(pool) {}
  void note(std::span<const Gate::Ask> asks);
  // Writes all of them in one statement. If that fails, they are written the next time.
  void write();

 private:
  PgPool& pool_;
  std::mutex mutex_;
  std::unordered_set<int64_t> key_ids_;
};

}  // namespace dundun
