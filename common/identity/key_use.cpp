#include "common/identity/key_use.h"

#include <utility>

#include "sql/sessions.h"

namespace dundun {

void KeyUse::note(std::span<const Gate::Ask> asks) {
  if (asks.empty()) return;
  std::lock_guard lock(mutex_);
  for (const Gate::Ask& ask : asks) {
    if (ask.key_id > 0) key_ids_.insert(ask.key_id);
  }
}

void KeyUse::write() {
  std::unique_lock lock(mutex_);
  if (key_ids_.empty()) return;
  std::unordered_set<int64_t> used = std::exchange(key_ids_, {});
  lock.unlock();
  PgArray ids(PgArray::Type::kInt8);
  for (int64_t id : used) ids.add(id);
  if (pool_.run(sql::keys_used, {ids.finish()})) return;
  lock.lock();
  key_ids_.merge(used);
}

}  // namespace dundun
