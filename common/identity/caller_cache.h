// The callers of API keys as PostgreSQL knows them, each read once. A cache belongs to one version
// of the configuration; when that moves, the next one starts empty.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "common/base/result.h"
#include "common/identity/caller.h"
#include "common/io/pg.h"

namespace dundun {

// The keys that were good in this process, whatever the version. Thread-safe; bounded in memory.
class GoodKeys {
 public:
  bool contains(const std::string& hash) const;
  void note(const std::string& hash);

 private:
  mutable std::mutex mutex_;
  std::unordered_set<std::string> hashes_;  // SHA-256
};

// Thread-safe.
class CallerCache {
 public:
  // Whether by_key() answers without a question, be it by "unknown".
  bool knows(const std::string& hash) const;
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
