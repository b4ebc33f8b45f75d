// What the holder of a key may do, and who may give it to him. Every handler that makes or renews a
// key asks here.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/base/time.h"
#include "common/web/caller.h"

namespace dundun {

struct Grant {
  Environment environment = Environment::kLive;
  std::vector<std::string> scopes;      // send, query, webhooks, admin
  bool all_tenants = false;             // as an app of role admin
  std::vector<std::string> networks{};  // empty: from everywhere
  std::optional<Instant> expires_at{};  // none: never
};

// An app of role admin, or an administrator of the platform: every tenant is theirs.
bool sees_all_tenants(const Caller& caller);

// Nobody touches what is above him: an app that sees all tenants, or a live key by a test key. A
// session's environment is only what it looks at. kInsufficientScope.
Status may_touch(const Caller& caller, const Grant& grant);

// Nobody gives what he does not have: besides, no scope, network or time beyond his own.
// kInsufficientScope.
Status may_give(const Caller& caller, const Grant& grant);

}  // namespace dundun
