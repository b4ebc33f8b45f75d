// The callers of API keys as PostgreSQL knows them, each read once. A cache belongs to one version
// of the configuration; when that moves, the next one starts empty.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/base/result.h"
#include "common/identity/caller.h"
#include "common/io/pg.h"

namespace dundun {

// Thread-safe.
class CallerCache {
 public:
  // The caller for a key's SHA-256; nullptr inside: unknown or inactive. An expired key's caller
  // says so (expires_at_unix).
  Result<std::shared_ptr<const Caller>> by_key(PgPool& pool, const std::string& hash) const;
  Result<std::vector<SenderIdGrant>> sender_ids(PgPool& pool, int64_t account_id) const;

 private:
  mutable std::mutex mutex_;
  // By SHA-256 of the key; nullptr: there is no such key. Bounded, so guesses cannot fill the
  // memory.
  mutable std::unordered_map<std::string, std::shared_ptr<const Caller>> callers_;
  mutable std::unordered_map<int64_t, std::vector<SenderIdGrant>> sender_ids_;  // by account
};

}  // namespace dundun
