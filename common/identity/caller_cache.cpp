#include "common/identity/caller_cache.h"

#include <algorithm>

#include "sql/snapshot.h"

namespace dundun {
namespace {

// Keys seen since the last reload, good and bad; guesses beyond it just ask PostgreSQL.
constexpr size_t kCallersMax = 100'000;
constexpr int16_t kSenderApproved = 2;
constexpr int16_t kRoleAdmin = 2;

bool contains(const std::vector<std::string>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

Caller caller_of_row(const PgRows& rows) {
  Caller caller;
  caller.key_id = rows.i64(0, 0);
  caller.account_id = rows.i64(0, 1);
  caller.environment = Environment(rows.i16(0, 2));
  const std::vector<std::string> scopes = rows.text_array(0, 3);
  caller.may_send = contains(scopes, "send");
  caller.may_query = contains(scopes, "query");
  caller.may_webhooks = contains(scopes, "webhooks");
  caller.may_admin = contains(scopes, "admin");
  caller.rate_limit = rows.i32(0, 4);
  caller.rate_window_s = rows.i32(0, 12);
  caller.expires_at_unix = rows.i64(0, 5);
  caller.suspended = rows.i16(0, 6) != kAccountActive;
  caller.currency = rows.text(0, 7);
  caller.tenant_id = rows.text(0, 8);
  for (const std::string& text : rows.text_array(0, 11)) {
    // What cannot be read matches nothing, but still limits.
    caller.allowed_networks.push_back(Network::parse(text).value_or(Network{}));
  }
  if (!rows.is_null(0, 9)) {
    caller.app_id = rows.text(0, 9);
    caller.is_platform_admin = rows.i16(0, 10) == kRoleAdmin;
  }
  return caller;
}

}  // namespace

Result<std::vector<SenderIdGrant>> CallerCache::sender_ids(PgPool& pool, int64_t account_id) const {
  {
    std::lock_guard lock(mutex_);
    auto known = sender_ids_.find(account_id);
    if (known != sender_ids_.end()) return known->second;
  }
  std::vector<SenderIdGrant> grants;
  const PgRows rows = TRY(pool.run(sql::caller_sender_ids, {account_id}));
  for (int row = 0; row < rows.size(); ++row) {
    grants.push_back({std::string(rows.text(row, 0)), rows.i16(row, 1) == kSenderApproved,
                      rows.text_array(row, 2)});
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
  const PgRows rows = TRY(pool.run(sql::caller_by_key, {PgParam::bytea(hash)}));
  if (rows.size() > 0) {
    Caller caller = caller_of_row(rows);
    caller.key_hash = hash;
    caller.sender_ids = TRY(sender_ids(pool, caller.account_id));
    found = std::make_shared<const Caller>(std::move(caller));
  }
  std::lock_guard lock(mutex_);
  if (callers_.size() < kCallersMax) callers_.emplace(hash, found);
  return found;
}

}  // namespace dundun
