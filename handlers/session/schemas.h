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
)";

inline constexpr Operation kOperations[] = {
    {.of = "POST /auth/login",
     .summary = "Log in: sets the cookie esms_access_token",
     .body = "{email: string, password: string}",
     .answer = R"({
       user: User,
       account: OwnAccount,
       permissions: Permission[],
       csrf_token: string,  // X-CSRF-Token of what changes something
       expires_at: time,  // when nothing is asked
       ends_at: time  // at last
     })",
     .errors = "400 401 403 415 422 429",
     .safe_to_repeat = true,
     .headers = "Set-Cookie"},
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
};

}  // namespace dundun::schemas::session
