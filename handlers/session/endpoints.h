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
Result<Response> forgot_password(Context& context);
Task<Response> reset_password(Context& context);
Task<Response> accept_invitation(Context& context);
Result<Response> login_second_factor(Context& context);
Result<Response> login_enrol(Context& context);
Result<Response> show_second_factor(Context& context);
Result<Response> show_code(Context& context);
Task<Response> enrol_second_factor(Context& context);
Result<Response> confirm_second_factor(Context& context);
Result<Response> new_codes(Context& context);
Result<Response> remove_second_factor(Context& context);

inline constexpr Endpoint kSessionEndpoints[] = {
    {Method::kPost, "/auth/login", Access::kPublic, login},
    {Method::kPost, "/auth/login/second-factor", Access::kPublic, login_second_factor},
    {Method::kPost, "/auth/login/enrol", Access::kPublic, login_enrol},
    {Method::kPost, "/auth/logout", Access::kSession, logout},
    {Method::kGet, "/auth/me", Access::kQuery, me},
    {Method::kPost, "/auth/password", Access::kSession, change_password},
    {Method::kGet, "/auth/sessions", Access::kSession, list_sessions},
    {Method::kDelete, "/auth/sessions", Access::kSession, revoke_other_sessions},
    {Method::kDelete, "/auth/sessions/{id}", Access::kSession, revoke_session},
    {Method::kPost, "/auth/password/forgot", Access::kPublic, forgot_password},
    {Method::kPost, "/auth/password/reset", Access::kPublic, reset_password},
    {Method::kPost, "/auth/invitation", Access::kPublic, accept_invitation},
    {Method::kGet, "/auth/second-factor", Access::kSession, show_second_factor},
    {Method::kPost, "/auth/second-factor", Access::kSession, show_code},
    {Method::kPost, "/auth/second-factor/enrol", Access::kSession, enrol_second_factor},
    {Method::kPost, "/auth/second-factor/confirm", Access::kSession, confirm_second_factor},
    {Method::kPost, "/auth/second-factor/recovery-codes", Access::kSession, new_codes},
    {Method::kPost, "/auth/second-factor/remove", Access::kSession, remove_second_factor},
    kHealthz,
    kReadyz,
};

}  // namespace dundun
