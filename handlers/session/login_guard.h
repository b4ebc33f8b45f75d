// What stops those who guess passwords: waits by address and by e-mail, known or not. Who logs in
// from a browser that has done so before is counted by that browser alone (OWASP, "Slow down online
// guessing attacks with device cookies"): nobody can lock others out by failing in their name.
#pragma once

#include <string>

#include "common/web/endpoint.h"

namespace dundun {

// What an attempt is counted for.
struct LoginAttempt {
  std::string email_hash;  // SHA-256
  std::string device;      // the browser's mark, if this e-mail has logged in there; or empty
};

// Counts an attempt, as failed until forgive_attempt(). kRateLimited with the seconds to wait when
// the browser, or the address or the e-mail, has failed too often: then no password is to be looked
// at.
Result<LoginAttempt> count_attempt(Context& context, const std::string& email);
Status forgive_attempt(Context& context, const LoginAttempt& attempt);

// The Set-Cookie value of the browser's mark, after a login: kept, or made.
Result<std::string> device_cookie(Context& context, const LoginAttempt& attempt);

}  // namespace dundun
