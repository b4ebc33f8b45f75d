// What the endpoints of endpoints.h take and give; notation in common/web/shape.h.
#pragma once

#include "common/journal/change.h"
#include "common/web/operation.h"

namespace dundun::schemas::session {

inline constexpr const char* kTypes = R"(
  Role = "viewer" | "developer" | "owner" | "admin"
  Permission = "query" | "send" | "webhooks" | "admin" | "platform"
  User = {id: integer, email: string, name: string, role: Role}
  OwnAccount = {id: integer, name: string, currency: currency}
  LoggedIn = {
    user: User,
    account: OwnAccount,
    permissions: Permission[],
    csrf_token: string,  // X-CSRF-Token of what changes something
    expires_at: time,  // when nothing is asked
    ends_at: time,  // at last
    recovery_codes?: string[]  // of a second factor that is new: shown once
  }
  Credential = {type: string, id: string, transports: string[]}
  CreationOptions = {
    rp: {id: string, name: string},
    user: {id: string, name: string, displayName: string},
    challenge: string,
    timeout: integer,  // milliseconds
    pubKeyCredParams: {type: string, alg: integer}[],
    excludeCredentials: Credential[],
    authenticatorSelection: {residentKey: string, requireResidentKey: boolean,
                             userVerification: string},
    attestation: string
  }
  RequestOptions = {
    challenge: string,
    timeout: integer,  // milliseconds
    rpId: string,
    userVerification: "required" | "preferred",
    allowCredentials: Credential[]
  }
  NewCredential = {  // PublicKeyCredential.toJSON() of browsers; in base64url
    id: string,
    rawId?: string,
    type?: string,
    authenticatorAttachment?: string | null,
    clientExtensionResults?: any,
    response: {clientDataJSON: string, attestationObject: string, transports?: string[],
               authenticatorData?: string, publicKey?: string | null,
               publicKeyAlgorithm?: integer}
  }
  ShownCredential = {  // PublicKeyCredential.toJSON() of browsers; in base64url
    id: string,
    rawId?: string,
    type?: string,
    authenticatorAttachment?: string | null,
    clientExtensionResults?: any,
    response: {clientDataJSON: string, authenticatorData: string, signature: string,
               userHandle?: string | null, attestationObject?: string | null}
  }
  Passkey = {
    id: integer,
    name: string,
    created_at: time,
    last_used_at: time | null,
    backed_up: boolean,  // on more devices than one
    user_verified: boolean  // when it was made: by a PIN, a finger or a face
  }
  NewPasskey = {
    ...Passkey,
    recovery_codes?: string[]  // of a first second factor: shown once
  }
  Enrolment = {
    secret: string,  // base32, to be typed; shown once
    uri: string  // otpauth://…, for a QR code
  }
)";

inline constexpr Operation kOperations[] = {
    {.of = "POST /auth/login",
     .summary = "Log in: sets the cookie esms_access_token",
     .body = "{email: string, password: string}",
     .answer = "LoggedIn",
     .errors = "400 401 403 415 422 429",
     .safe_to_repeat = true,
     .headers = "Set-Cookie",
     .note = "With a second factor the right password gets 401 `second_factor_required`, with a "
             "`login_token` for POST /auth/login/second-factor; where one is needed and `enrolled` "
             "is false, for POST /auth/login/enrol first."},
    {.of = "POST /auth/login/second-factor",
     .summary = "The second step of a login: a code of the app, or one on paper",
     .body = "{login_token: string, code: string}",
     .answer = "LoggedIn",
     .errors = "400 401 403 404 409 415 422 429",
     .safe_to_repeat = true,
     .headers = "Set-Cookie"},
    {.of = "POST /auth/login/enrol",
     .summary = "Begin a second factor during the login that needs it",
     .body = "{login_token: string}",
     .answer = "Enrolment",
     .errors = "400 401 403 404 409 415 422",
     .safe_to_repeat = true,
     .headers = "Cache-Control"},
    {.of = "POST /auth/login/enrol/passkey/options",
     .summary = "Begin a passkey during the login that needs a second factor",
     .body = "{login_token: string}",
     .answer = "{public_key: CreationOptions}",
     .errors = "400 401 403 404 409 415 422",
     .safe_to_repeat = true,
     .headers = "Cache-Control",
     .note = "503 where PORTAL_URL is not set."},
    {.of = "POST /auth/login/enrol/passkey",
     .summary = "Keep the passkey that was made, and finish the login",
     .body = "{login_token: string, name: string(1..64), credential: NewCredential}",
     .answer = "LoggedIn",
     .errors = "400 401 403 404 409 415 422 429",
     .safe_to_repeat = true,
     .headers = "Set-Cookie"},
    {.of = "POST /auth/login/passkey/options",
     .summary = "What a browser is asked to log in by a passkey",
     .body = R"({
       login_token?: string  // of the password: the passkey is the second step
     })",
     .answer = "{public_key: RequestOptions}",
     .errors = "400 401 403 404 409 415 422 429",
     .safe_to_repeat = true,
     .headers = "Cache-Control",
     .note = "503 where PORTAL_URL is not set."},
    {.of = "POST /auth/login/passkey",
     .summary = "Log in by a passkey: alone, or as the second step",
     .body = R"({
       login_token?: string,  // of the password: the passkey is the second step
       credential: ShownCredential
     })",
     .answer = "LoggedIn",
     .errors = "400 401 403 404 409 415 422 429",
     .safe_to_repeat = true,
     .headers = "Set-Cookie"},
    {.of = "GET /auth/login/oidc",
     .summary = "Whether people may log in by an identity provider, and what it is called",
     .answer = "{available: boolean, name: string}"},
    {.of = "POST /auth/login/oidc/start",
     .summary = "Begin a login by the identity provider: where to send the browser",
     .answer = "{url: string}",
     .errors = "403 404 415 429",
     .safe_to_repeat = true,
     .headers = "Set-Cookie Cache-Control",
     .note = "503 while the provider does not answer."},
    {.of = "POST /auth/login/oidc",
     .summary = "Finish it with what the provider handed the browser",
     .body = "{state: string, code: string}",
     .answer = "LoggedIn",
     .errors = "400 401 403 404 409 415 422",
     .safe_to_repeat = true,
     .headers = "Set-Cookie",
     .note = "401 `second_factor_required` as a login by password. 503 while the provider does "
             "not answer."},
    {.of = "POST /auth/logout",
     .summary = "Log out",
     .answer = R"({status: "logged_out"})",
     .safe_to_repeat = true,
     .headers = "Set-Cookie"},
    {.of = "GET /auth/me",
     .summary = "Who asks, and what they may do",
     .answer = R"({
       user: User | null,  // null for a key
       account: OwnAccount,
       api_key_id: integer | null,
       csrf_token: string | null,
       permissions: Permission[],
       environment: "live" | "test",
       balance: money,
       currency: currency
     })",
     .errors = "404"},
    {.of = "POST /auth/password",
     .summary = "Change the password; ends the other sessions",
     .body = "{current_password: string, new_password: string}",
     .answer = R"({status: "changed", revoked_sessions: integer})",
     .errors = "400 422",
     .safe_to_repeat = true},
    {.of = "GET /auth/sessions",
     .summary = "Where the user is logged in",
     .answer = R"({sessions: {id: integer, current: boolean, created_at: time, last_seen_at: time,
                              expires_at: time, address: string, user_agent: string}[]})"},
    {.of = "DELETE /auth/sessions",
     .summary = "Log out everywhere else",
     .answer = "{revoked: integer}"},
    {.of = "DELETE /auth/sessions/{id}",
     .summary = "End a session",
     .status = 204,
     .errors = "404"},
    {.of = "POST /auth/password/forgot",
     .summary = "Ask for a mail with a link to a new password",
     .body = R"({email: string, language?: "en" | "fr" | "pt" | "sw" = "en"})",
     .status = 202,
     .answer = R"({status: "accepted"})",
     .errors = "400 403 415 422 429",
     .safe_to_repeat = true,
     .note = "The answer is the same whether anybody has this e-mail. 503 where no mail server is "
             "set."},
    {.of = "POST /auth/password/reset",
     .summary = "Set a new password by the link of a mail; ends every session",
     .body = R"({
       token: string,  // what stands behind the # of the link
       new_password: string
     })",
     .answer = R"({status: "changed"})",
     .errors = "400 403 404 415 422 429",
     .safe_to_repeat = true},
    {.of = "POST /auth/invitation",
     .summary = "Accept an invitation: choose a password, then log in",
     .body = R"({
       token: string,  // what stands behind the # of the link
       new_password: string
     })",
     .answer = R"({status: "changed"})",
     .errors = "400 403 404 415 422 429",
     .safe_to_repeat = true},
    {.of = "GET /auth/second-factor",
     .summary = "The caller's second factor",
     .answer = R"({
       enabled: boolean,
       app: boolean,  // an authenticator's app is one
       passkeys: integer,  // each is one
       required: boolean,  // by the account, or for administrators by the platform
       enabled_at: time | null,
       recovery_codes_left: integer,
       shown_at: time | null  // in this session, last
     })",
     .errors = "404"},
    {.of = "POST /auth/second-factor",
     .summary = "Show the second factor again, before something dangerous",
     .body = "{code: string}",
     .answer = "{fresh_until: time}",
     .errors = "400 404 409 422",
     .safe_to_repeat = true},
    {.of = "POST /auth/second-factor/enrol",
     .summary = "Begin a second factor, or the one that replaces it",
     .body = R"({
       current_password: string,
       code?: string  // of the one in force, if there is one; not if a passkey was just shown
     })",
     .answer = "Enrolment",
     .errors = "400 404 409 422",
     .safe_to_repeat = true,
     .headers = "Cache-Control"},
    {.of = "POST /auth/second-factor/confirm",
     .summary = "Put it into force by its first code; ends the other sessions",
     .body = "{code: string}",
     .answer = "{recovery_codes: string[]}",
     .errors = "400 404 409 422",
     .safe_to_repeat = true,
     .headers = "Cache-Control"},
    {.of = "POST /auth/second-factor/recovery-codes",
     .summary = "New codes on paper; those before open nothing more",
     .body = R"({
       code?: string  // not if a passkey was just shown
     })",
     .answer = "{recovery_codes: string[]}",
     .errors = "400 404 409 422",
     .safe_to_repeat = true,
     .headers = "Cache-Control"},
    {.of = "POST /auth/second-factor/remove",
     .summary = "Do without the app, where it is not needed",
     .body = R"({
       code?: string  // not if a passkey was just shown
     })",
     .status = 204,
     .errors = "400 404 409 422",
     .safe_to_repeat = true},
    {.of = "POST /auth/second-factor/passkey/options",
     .summary = "What a browser is asked to show a passkey again",
     .answer = "{public_key: RequestOptions}",
     .errors = "404 409",
     .safe_to_repeat = true,
     .headers = "Cache-Control",
     .note = "503 where PORTAL_URL is not set."},
    {.of = "POST /auth/second-factor/passkey",
     .summary = "Show a passkey again, before something dangerous",
     .body = "{credential: ShownCredential}",
     .answer = "{fresh_until: time}",
     .errors = "400 404 422",
     .safe_to_repeat = true},
    {.of = "GET /auth/passkeys",
     .summary = "The caller's passkeys",
     .answer = R"({
       available: boolean,  // the platform has a portal for which they can be made
       passkeys: Passkey[]
     })",
     .errors = "404"},
    {.of = "POST /auth/passkeys/options",
     .summary = "Begin a passkey: what a browser is asked to make",
     .body = "{current_password: string}",
     .answer = "{public_key: CreationOptions}",
     .errors = "400 404 422",
     .safe_to_repeat = true,
     .headers = "Cache-Control",
     .note = "503 where PORTAL_URL is not set."},
    {.of = "POST /auth/passkeys",
     .summary = "Keep the passkey that was made; the first second factor ends the other sessions",
     .body = "{name: string(1..64), credential: NewCredential}",
     .status = 201,
     .answer = "NewPasskey",
     .errors = "400 404 409 422",
     .safe_to_repeat = true,
     .headers = "Cache-Control"},
    {.of = "PUT /auth/passkeys/{id}",
     .summary = "Call a passkey something else",
     .body = "{name: string(1..64)}",
     .answer = "Passkey",
     .errors = "400 404 422"},
    {.of = "DELETE /auth/passkeys/{id}",
     .summary = "Take a passkey away; the last one only where no second factor is needed",
     .status = 204,
     .errors = "404 409"},
};

}  // namespace dundun::schemas::session
