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
       code?: string  // of the one in force, if there is one
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
     .body = "{code: string}",
     .answer = "{recovery_codes: string[]}",
     .errors = "400 404 409 422",
     .safe_to_repeat = true,
     .headers = "Cache-Control"},
    {.of = "POST /auth/second-factor/remove",
     .summary = "Do without a second factor, where none is needed",
     .body = "{code: string}",
     .status = 204,
     .errors = "400 404 409 422",
     .safe_to_repeat = true},
};

}  // namespace dundun::schemas::session
