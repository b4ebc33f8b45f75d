// Which API keys were used since it was last written down (api_keys.last_used_at).
#pragma once

#include <cstdint>
#include <mutex>
#include <span>
#include <unordered_set>

#include "common/io/pg.h"
#include "common/web/gate.h"

namespace dundun {

// Thread-safe.
class KeyUse {
 public:
  explicit KeyUse(PgPool& pool) : pool_(pool) {}
  void note(std::span<const Gate::Ask> asks);
  // One statement for all of them; what could not be written is written next time.
  void write();

 private:
  PgPool& pool_;
  std::mutex mutex_;
  std::unordered_set<int64_t> key_ids_;
};

}  // namespace dundun
