// What the holder of a key may do, and who may give such a key. Every handler that makes or renews
// a key asks here.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/base/time.h"
#include "common/identity/caller.h"

namespace dundun {

struct Grant {
  Environment environment = Environment::kLive;
  std::vector<std::string> scopes;      // send, query, webhooks, admin
  bool all_tenants = false;             // as an app of role admin
  std::vector<std::string> networks{};  // empty: from everywhere
  std::optional<Instant> expires_at{};  // none: never
};

// Whether the caller sees every tenant: an app of role admin, or an administrator of the platform.
bool sees_all_tenants(const Caller& caller);

// kInsufficientScope if the grant is above the caller: an app that sees all tenants, or a live key
// if the caller is a test key. (A session's environment only says what it looks at.)
Status may_touch(const Caller& caller, const Grant& grant);

// kInsufficientScope if may_touch() refuses, or if the grant has a scope, a network or a time that
// the caller does not have.
Status may_give(const Caller& caller, const Grant& grant);

}  // namespace dundun
