// The endpoints of the `session` binary: people log in, see and end their sessions.
#pragma once

#include "common/web/endpoint.h"
#include "common/web/health.h"

namespace dundun {

Task<Response> login(Context& context);
Result<Response> logout(Context& context);
Result<Response> me(Context& context);
Task<Response> change_password(Context& context);
Result<Response> list_sessions(Context& context);
Result<Response> revoke_session(Context& context);
Result<Response> revoke_other_sessions(Context& context);

inline constexpr Endpoint kSessionEndpoints[] = {
    {Method::kPost, "/auth/login", Access::kPublic, login},
    {Method::kPost, "/auth/logout", Access::kSession, logout},
    {Method::kGet, "/auth/me", Access::kQuery, me},
    {Method::kPost, "/auth/password", Access::kSession, change_password},
    {Method::kGet, "/auth/sessions", Access::kSession, list_sessions},
    {Method::kDelete, "/auth/sessions", Access::kSession, revoke_other_sessions},
    {Method::kDelete, "/auth/sessions/{id}", Access::kSession, revoke_session},
    kHealthz,
    kReadyz,
};

}  // namespace dundun
