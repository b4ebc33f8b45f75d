// Who calls: one API key and its account, from the configuration snapshot.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/sms/environment.h"

namespace dundun {

struct SenderIdGrant {
  std::string name;
  bool approved = false;
  std::vector<std::string> countries;  // ISO 3166-1 alpha-2
};

struct Caller {
  int64_t key_id = 0;
  int64_t account_id = 0;
  Environment environment = Environment::kLive;
  std::string currency;  // of the wallet
  bool suspended = false;
  bool may_send = false;
  bool may_query = false;
  bool may_webhooks = false;
  bool may_admin = false;
  bool is_platform_admin = false;  // key of an app of role admin: sees all tenants
  int rate_limit_per_s = 100;
  int64_t expires_at_unix = 0;  // 0: never
  std::vector<SenderIdGrant> sender_ids;
  std::string tenant_id;  // the account's name in the second dialect: tenant_…
  std::string app_id;     // app_…; empty for a key of the first dialect
  std::string key_hash;   // SHA-256 of the key, 32 bytes
};

}  // namespace dundun
