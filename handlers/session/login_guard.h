// What stops those who guess passwords: waits by address and by e-mail, known or not. Who logs in
// from a browser that has done so before is counted by that browser alone (OWASP, "Slow down online
// guessing attacks with device cookies"): nobody can lock others out by failing in their name.
#pragma once

#include <string>

#include "common/web/endpoint.h"

namespace dundun {

// What is guessed. Who knows a password does not guess the codes that come after it any faster.
enum class Guess { kPassword, kCode };

// What an attempt is counted for.
struct LoginAttempt {
  std::string email_hash;  // SHA-256
  std::string subject;     // the e-mail's count of what is guessed: SHA-256
  std::string device;      // the browser's mark, if this e-mail has logged in there; or empty
};

// Counts an attempt, as failed until forgive_attempt(). kRateLimited with the seconds to wait when
// the browser, or the address or the e-mail, has failed too often: then no password is to be looked
// at.
Result<LoginAttempt> count_attempt(Context& context, const std::string& email,
                                   Guess guess = Guess::kPassword);
Status forgive_attempt(Context& context, const LoginAttempt& attempt);

// Counts a mail that somebody asks for, by address and by e-mail, known or not. kRateLimited.
Status count_mail_request(Context& context, const std::string& email);
// Counts logins by passkey that an address begins: each is a challenge to keep. kRateLimited.
Status count_passkey_ask(Context& context);
// Counts what an address makes of links, right or wrong: nobody guesses one. kRateLimited.
Status count_link_use(Context& context);

// The Set-Cookie value of the browser's mark, after a login: kept, or made.
Result<std::string> device_cookie(Context& context, const LoginAttempt& attempt);

}  // namespace dundun
