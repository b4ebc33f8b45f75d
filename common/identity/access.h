// Whether a caller may use an endpoint. Pure.
#pragma once

#include "common/base/error.h"
#include "common/identity/caller.h"

namespace dundun {

// The right that an endpoint asks for.
enum class Access {
  kPublic,  // no key
  kLocal,   // only on the metrics listener (nginx passes LOCAL_LISTENER=1)
  // A key with the scope, or a user whose role has the right:
  kQuery,
  kSend,
  kWebhooks,
  kManage,  // scope admin; owners
  // Users only:
  kSession,   // every user who is logged in
  kOwner,     // owners of the account
  kPlatform,  // admins of the platform
};

// False for endpoints that need no key and no session.
bool needs_caller(Access access);

// Whether the caller is an administrator of the platform.
bool runs_platform(const Caller& caller);

bool has_right(const Caller& caller, Access access);

// kInsufficientScope, with what the caller lacks.
Error no_right(const Caller& caller, Access access);

}  // namespace dundun
