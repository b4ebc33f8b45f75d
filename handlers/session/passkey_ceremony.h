// What stands around a passkey (WebAuthn): what a browser is asked, what it answers, and challenges
// that are answered once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/identity/passkey.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/web/audited_change.h"
#include "handlers/session/second_factor.h"

namespace dundun {

// kUnavailable where PORTAL_URL names no portal: passkeys are made for its host.
Result<RelyingParty> own_party(const Context& context);

// The member `credential` of a body, decoded: PublicKeyCredential.toJSON() of browsers.
struct Credential {
  std::string id;
  std::string client_data_json;
  std::string attestation_object;             // of one that was made
  std::string authenticator_data, signature;  // of one that was shown
  std::string user_handle;                    // of one that was shown; may be empty
  std::vector<std::string> transports;        // known words only
};
// kValidation with the field: missing, no base64url, or too long.
Result<Credential> parse_credential(const JsonObject& body, Ceremony ceremony);

// What a challenge is for; it is good for nothing else.
inline const std::string kForLogin = "login";
std::string for_half_session(const std::string& token_hash);
std::string for_session(const char* what, int64_t session_id);

// A new challenge, in base64url.
Result<std::string> new_challenge(Context& context, const std::string& purpose);
// Reads the browser's data, and uses up the challenge in them, whatever comes of it. kValidation:
// with the field; also when the challenge was used, is too old, or was for something else.
Status use_challenge(Context& context, const Credential& credential, Ceremony ceremony,
                     const std::string& purpose);

// A user's passkeys: rows of passkeys_of_user.
Result<PgRows> passkeys_of(Context& context, const SecondFactor& factor);

// What navigator.credentials.create() is asked. The user's handle is made, if there is none.
Result<Response> creation_answer(Context& context, const SecondFactor& factor,
                                 const std::string& purpose);
// What navigator.credentials.get() is asked: one of these passkeys, or, with none, any that the
// browser knows of this portal; then it has to know its owner too.
Result<Response> request_answer(Context& context, const PgRows* passkeys,
                                const std::string& purpose);

// Keeps a passkey that was made, with its line in the audit log; the codes on paper if it is the
// user's first factor. kAlreadyExists; kInvalidState: there are PASSKEYS_MAX.
struct Kept {
  int64_t passkey_id = 0;
  std::string name;
  Instant created_at;
  bool user_verified = false, backed_up = false;
  std::vector<std::string> recovery_codes;
};
Result<Kept> keep_passkey(Context& context, AuditedChange& change, const SecondFactor& factor,
                          const Credential& credential, const std::string& name);
// 1 to 64 characters that can be shown.
Result<std::string> parse_passkey_name(const JsonObject& body);

// Who showed which passkey.
struct Shown {
  int64_t account_id = 0, user_id = 0, passkey_id = 0;
  std::string email;
};
// A row of passkey_by_credential: kWrongPasskey unless it signed this answer, for its owner, and
// its counter went on. `wants` is whether it has to know its owner (kValidation otherwise). The
// first step of its change: a counter that did not go on is written to the audit log there, and
// committed.
enum class Proves { kTouch, kOwner };
Result<Shown> check_passkey(Context& context, AuditedChange& change, const PgRows& found,
                            const Credential& credential, Proves wants);
Error wrong_passkey();

}  // namespace dundun
