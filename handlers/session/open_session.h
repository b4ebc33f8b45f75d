// The end of every login: a session, its cookie, and its line in the audit log.
#pragma once

#include <string>
#include <vector>

#include "common/web/audited_change.h"
#include "handlers/session/login_guard.h"

namespace dundun {

struct Opening {
  int64_t account_id;
  int64_t user_id;
  const LoginAttempt& tried;
  // Which second factor: "totp", "recovery_code", "passkey", or "passkey_alone" when there was no
  // password; nullptr: none.
  const char* shown = nullptr;
  std::vector<std::string> recovery_codes{};  // to be told, once
  bool by_provider = false;                   // an identity provider vouched, not a password
};

// Makes the session and commits. kAccountSuspended; kExpiredToken: the user is gone.
Result<Response> open_session(Context& context, AuditedChange& change, const Opening& opening);

}  // namespace dundun
