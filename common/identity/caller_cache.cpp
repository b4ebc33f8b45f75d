#include "common/identity/caller_cache.h"

#include "common/identity/caller_rows.h"
#include "sql/callers.h"

namespace dundun {
namespace {

// Keys seen since the last reload, good and bad; guesses beyond it just ask PostgreSQL.
constexpr size_t kCallersMax = 100'000;
constexpr int16_t kSenderApproved = 2;

}  // namespace

bool GoodKeys::contains(const std::string& hash) const {
  std::lock_guard lock(mutex_);
  return hashes_.contains(hash);
}

void GoodKeys::note(const std::string& hash) {
  std::lock_guard lock(mutex_);
  if (hashes_.size() >= kCallersMax) hashes_.clear();
  hashes_.insert(hash);
}

bool CallerCache::knows(const std::string& hash) const {
  std::lock_guard lock(mutex_);
  return callers_.contains(hash);
}

Result<std::vector<SenderIdGrant>> CallerCache::sender_ids(PgPool& pool, int64_t account_id) const {
  constexpr auto& col = sql::caller_sender_ids;
  {
    std::lock_guard lock(mutex_);
    auto known = sender_ids_.find(account_id);
    if (known != sender_ids_.end()) return known->second;
  }
  std::vector<SenderIdGrant> grants;
  const PgRows rows = TRY(pool.run(sql::caller_sender_ids, {account_id}));
  for (int row = 0; row < rows.size(); ++row) {
    grants.push_back({std::string(rows.text(row, col.name)),
                      rows.i16(row, col.status) == kSenderApproved,
                      rows.text_array(row, col.countries)});
  }
  std::lock_guard lock(mutex_);
  sender_ids_.emplace(account_id, grants);
  return grants;
}

Result<std::shared_ptr<const Caller>> CallerCache::by_key(PgPool& pool,
                                                          const std::string& hash) const {
  {
    std::lock_guard lock(mutex_);
    if (auto known = callers_.find(hash); known != callers_.end()) {
      return known->second;
    }
  }
  std::shared_ptr<const Caller> found;
  PgArray hashes(PgArray::Type::kBytea);
  hashes.add(std::string_view(hash));
  const PgRows rows = TRY(pool.run(sql::callers_of_keys, {hashes.finish()}));
  if (rows.size() > 0) {
    Caller caller = key_caller(rows, 0);
    caller.sender_ids = TRY(sender_ids(pool, caller.account_id));
    found = std::make_shared<const Caller>(std::move(caller));
  }
  std::lock_guard lock(mutex_);
  if (callers_.size() < kCallersMax) callers_.emplace(hash, found);
  return found;
}

}  // namespace dundun
