#include "common/identity/caller_rows.h"

#include <algorithm>

#include "common/sms/account.h"

namespace dundun {
namespace {

constexpr int16_t kRoleAdmin = 2;

bool contains(const std::vector<std::string>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

}  // namespace

Caller key_caller(const PgRows& rows, int row) {
  Caller caller;
  caller.key_hash = rows.text(row, 0);
  caller.key_id = rows.i64(row, 1);
  caller.account_id = rows.i64(row, 2);
  caller.environment = Environment(rows.i16(row, 3));
  const std::vector<std::string> scopes = rows.text_array(row, 4);
  caller.may_send = contains(scopes, "send");
  caller.may_query = contains(scopes, "query");
  caller.may_webhooks = contains(scopes, "webhooks");
  caller.may_admin = contains(scopes, "admin");
  caller.rate_limit = rows.i32(row, 5);
  caller.expires_at_unix = rows.i64(row, 6);
  caller.suspended = AccountStatus(rows.i16(row, 7)) != AccountStatus::kActive;
  caller.currency = rows.text(row, 8);
  caller.tenant_id = rows.text(row, 9);
  if (!rows.is_null(row, 10)) {
    caller.app_id = rows.text(row, 10);
    caller.is_platform_admin = rows.i16(row, 11) == kRoleAdmin;
  }
  for (const std::string& text : rows.text_array(row, 12)) {
    // What cannot be read matches nothing, but still limits.
    caller.allowed_networks.push_back(Network::parse(text).value_or(Network{}));
  }
  caller.rate_window_s = rows.i32(row, 13);
  return caller;
}

Caller session_caller(const PgRows& rows, int row) {
  Caller caller;
  caller.session_id = rows.i64(row, 1);
  caller.account_id = rows.i64(row, 2);
  caller.user_id = rows.i64(row, 3);
  caller.take_role(Role(rows.i16(row, 4)));
  caller.email = rows.text(row, 5);
  caller.suspended = AccountStatus(rows.i16(row, 6)) != AccountStatus::kActive;
  caller.currency = rows.text(row, 7);
  caller.tenant_id = rows.text(row, 8);
  caller.second_factor_at = rows.maybe_instant(row, 11);
  return caller;
}

}  // namespace dundun
