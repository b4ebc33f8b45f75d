#include "common/identity/access.h"

namespace dundun {

bool needs_caller(Access access) { return access != Access::kPublic && access != Access::kLocal; }

bool runs_platform(const Caller& caller) { return caller.role == Role::kAdmin; }

bool has_right(const Caller& caller, Access access) {
  switch (access) {
    case Access::kPublic:
    case Access::kLocal:
      return true;
    case Access::kQuery:
      return caller.may_query;
    case Access::kSend:
      return caller.may_send;
    case Access::kWebhooks:
      return caller.may_webhooks;
    case Access::kManage:
      return caller.may_admin;
    case Access::kSession:
      return caller.is_session();
    case Access::kOwner:
      return caller.is_session() && caller.role >= Role::kOwner;
    case Access::kPlatform:
      return runs_platform(caller);
  }
  return false;
}

Error no_right(const Caller& caller, Access access) {
  if (access == Access::kPlatform) {
    return fail(ErrorCode::kInsufficientScope, "This is for the platform's administrators.");
  }
  if (access == Access::kSession || (access == Access::kOwner && !caller.is_session())) {
    return fail(ErrorCode::kInsufficientScope, "This needs a login, not an API key.");
  }
  if (caller.is_session()) {
    return fail(ErrorCode::kInsufficientScope,
                "The role '" + std::string(role_name(caller.role)) + "' does not allow this.");
  }
  const char* scope = access == Access::kQuery      ? "query"
                      : access == Access::kSend     ? "send"
                      : access == Access::kWebhooks ? "webhooks"
                                                    : "admin";
  return fail(ErrorCode::kInsufficientScope,
              "This API key lacks the scope '" + std::string(scope) + "'.");
}

}  // namespace dundun
