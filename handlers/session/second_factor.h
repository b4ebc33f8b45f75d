// The second factor of a user: what is in force, and what becomes of a code that somebody shows.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/config.h"
#include "common/identity/caller.h"
#include "common/io/json.h"
#include "common/web/audited_change.h"

namespace dundun {

// As the database knows it. The secrets are sealed for this user.
struct SecondFactor {
  int64_t account_id = 0;
  int64_t user_id = 0;
  std::string sealed;   // of the app; empty: none is in force
  std::string pending;  // enrolled, not yet confirmed; empty: none
  std::optional<Instant> confirmed_at;
  int64_t codes_left = 0;  // on paper
  Role role = Role::kNone;
  bool account_wants_it = false;
  std::string email, name;
  int64_t passkeys = 0;

  bool has_app() const { return !sealed.empty(); }
  bool in_force() const { return has_app() || passkeys > 0; }
  // By the account's rule, and for administrators by the platform's.
  bool required(const SessionConfig& config) const {
    return account_wants_it || (role == Role::kAdmin && config.admins_need_it != 0);
  }
};
// kNotFound: no such user.
Result<SecondFactor> second_factor_of(Context& context, int64_t account_id, int64_t user_id);

// Takes a code of the app or one on paper; none is taken twice. Answers which: "totp" or
// "recovery_code". kWrongCode; kInvalidState: no second factor is in force.
Result<const char*> use_code(Context& context, AuditedChange& change, const SecondFactor& factor,
                             const std::string& code);

// A new secret, which a code of it puts into force. It is told here and never again.
struct Enrolment {
  std::string secret;  // base32, to be typed
  std::string uri;     // otpauth://…, for a QR code
};
Result<Enrolment> enrol(Context& context, AuditedChange& change, const SecondFactor& factor);
Response enrolment_answer(const Enrolment& enrolment);

// Puts the enrolled secret into force, in the place of the one before, and makes new codes on
// paper: told here and never again. `by` is who did it. kWrongCode; kInvalidState: none is
// enrolled.
Result<std::vector<std::string>> confirm(Context& context, AuditedChange& change,
                                         const SecondFactor& factor, const std::string& code,
                                         const Caller* by);

// New codes on paper; those before open nothing more.
Result<std::vector<std::string>> renew_recovery_codes(AuditedChange& change,
                                                      const SecondFactor& factor);

// Does without any: no app, no passkey, no code on paper, and nothing to be shown again.
Status drop_all_factors(AuditedChange& change, const SecondFactor& factor);

// Notes in the caller's session that the factor was shown now. kExpiredToken: the session ended.
Status note_shown(const Context& context, AuditedChange& change);
// The same is all that was wanted: its line in the audit log, the commit, and until when it counts.
Result<Response> shown_again(Context& context, AuditedChange& change, const SecondFactor& factor);

}  // namespace dundun
