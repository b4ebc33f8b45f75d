// The caller of a request: an API key from the snapshot, or a user's session.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/time.h"
#include "common/identity/address_list.h"
#include "common/sms/environment.h"

namespace dundun {

struct SenderIdGrant {
  std::string name;
  bool approved = false;
  std::vector<std::string> countries;  // ISO 3166-1 alpha-2
};

// What a user may do (users.role). Each role may also do what the roles before it may.
enum class Role : int16_t {
  kNone = 0,       // a key: its scopes decide
  kViewer = 1,     // reads
  kDeveloper = 2,  // sends and pays, sets webhooks
  kOwner = 3,      // keys, people and settings of the account
  kAdmin = 4,      // an owner who also runs the platform
};
std::string_view role_name(Role role);
std::optional<Role> parse_role(std::string_view name);

struct Caller {
  int64_t key_id = 0;  // 0: a session
  int64_t account_id = 0;
  Environment environment = Environment::kLive;
  std::string currency;  // of the wallet
  bool suspended = false;
  bool may_send = false;
  bool may_query = false;
  bool may_webhooks = false;
  bool may_admin = false;
  bool is_platform_admin = false;  // a key of an app of role admin: sees all tenants
  int rate_limit = 100;            // requests in rate_window_s
  int rate_window_s = 1;
  int64_t expires_at_unix = 0;              // 0: never
  std::vector<Network> allowed_networks{};  // of a key; empty: from everywhere
  std::vector<SenderIdGrant> sender_ids{};
  std::string tenant_id;  // the account's name in the second dialect: tenant_…
  std::string app_id;     // app_…; empty for a key of the first dialect
  std::string key_hash;   // SHA-256 of the key, 32 bytes
  // Of a session:
  int64_t session_id = 0;
  int64_t user_id = 0;
  std::string email;
  Role role = Role::kNone;
  std::optional<Instant> second_factor_at;  // last shown; none: the user has none

  bool is_session() const { return session_id != 0; }
  // How a message came in: messages.source.
  const char* source() const { return is_session() ? "session" : "api_key"; }
  // A session's rights, by its user's role.
  void take_role(Role user_role);
};

}  // namespace dundun
