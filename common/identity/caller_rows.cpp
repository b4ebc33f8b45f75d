#include "common/identity/caller_rows.h"

#include <algorithm>

#include "common/sms/account.h"
#include "sql/callers.h"

namespace dundun {
namespace {

constexpr int16_t kRoleAdmin = 2;

bool contains(const std::vector<std::string>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

}  // namespace

Caller key_caller(const PgRows& rows, int row) {
  constexpr auto& col = sql::callers_of_keys;
  Caller caller;
  caller.key_hash = rows.text(row, col.key_hash);
  caller.key_id = rows.i64(row, col.key_id);
  caller.account_id = rows.i64(row, col.account_id);
  caller.environment = Environment(rows.i16(row, col.environment));
  const std::vector<std::string> scopes = rows.text_array(row, col.scopes);
  caller.may_send = contains(scopes, "send");
  caller.may_query = contains(scopes, "query");
  caller.may_webhooks = contains(scopes, "webhooks");
  caller.may_admin = contains(scopes, "admin");
  caller.rate_limit = rows.i32(row, col.rate_limit_per_s);
  caller.expires_at_unix = rows.i64(row, col.expires_at_s);
  caller.suspended = AccountStatus(rows.i16(row, col.status)) != AccountStatus::kActive;
  caller.currency = rows.text(row, col.currency);
  caller.tenant_id = rows.text(row, col.tenant_id);
  if (!rows.is_null(row, col.app_id)) {
    caller.app_id = rows.text(row, col.app_id);
    caller.is_platform_admin = rows.i16(row, col.role) == kRoleAdmin;
  }
  for (const std::string& text : rows.text_array(row, col.allowed_addresses)) {
    // What cannot be read matches nothing, but still limits.
    caller.allowed_networks.push_back(Network::parse(text).value_or(Network{}));
  }
  caller.rate_window_s = rows.i32(row, col.rate_window_s);
  return caller;
}

Caller session_caller(const PgRows& rows, int row) {
  constexpr auto& col = sql::callers_of_sessions;
  Caller caller;
  caller.session_id = rows.i64(row, col.session_id);
  caller.account_id = rows.i64(row, col.account_id);
  caller.user_id = rows.i64(row, col.user_id);
  caller.take_role(Role(rows.i16(row, col.role)));
  caller.email = rows.text(row, col.email);
  caller.suspended = AccountStatus(rows.i16(row, col.status)) != AccountStatus::kActive;
  caller.currency = rows.text(row, col.currency);
  caller.tenant_id = rows.text(row, col.tenant_id);
  caller.second_factor_at = rows.maybe_instant(row, col.second_factor_at);
  return caller;
}

}  // namespace dundun
