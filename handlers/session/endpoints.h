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
Result<Response> login_passkey_options(Context& context);
Result<Response> login_passkey(Context& context);
Result<Response> login_enrol_passkey_options(Context& context);
Result<Response> login_enrol_passkey(Context& context);
Result<Response> login_oidc_offer(Context& context);
Result<Response> login_oidc_start(Context& context);
Result<Response> login_oidc(Context& context);
Result<Response> show_passkey_options(Context& context);
Result<Response> show_passkey(Context& context);
Result<Response> list_passkeys(Context& context);
Task<Response> passkey_options(Context& context);
Result<Response> add_passkey(Context& context);
Result<Response> rename_passkey(Context& context);
Result<Response> remove_passkey(Context& context);

inline constexpr Endpoint kSessionEndpoints[] = {
    {Method::kPost, "/auth/login", Access::kPublic, login},
    {Method::kPost, "/auth/login/second-factor", Access::kPublic, login_second_factor},
    {Method::kPost, "/auth/login/enrol", Access::kPublic, login_enrol},
    {Method::kPost, "/auth/login/enrol/passkey/options", Access::kPublic,
     login_enrol_passkey_options},
    {Method::kPost, "/auth/login/enrol/passkey", Access::kPublic, login_enrol_passkey},
    {Method::kPost, "/auth/login/passkey/options", Access::kPublic, login_passkey_options},
    {Method::kPost, "/auth/login/passkey", Access::kPublic, login_passkey},
    {Method::kGet, "/auth/login/oidc", Access::kPublic, login_oidc_offer},
    {Method::kPost, "/auth/login/oidc/start", Access::kPublic, calls_out(login_oidc_start)},
    {Method::kPost, "/auth/login/oidc", Access::kPublic, calls_out(login_oidc)},
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
    {Method::kPost, "/auth/second-factor/passkey/options", Access::kSession, show_passkey_options},
    {Method::kPost, "/auth/second-factor/passkey", Access::kSession, show_passkey},
    {Method::kGet, "/auth/passkeys", Access::kSession, list_passkeys},
    {Method::kPost, "/auth/passkeys/options", fresh(Access::kSession), passkey_options},
    {Method::kPost, "/auth/passkeys", fresh(Access::kSession), add_passkey},
    {Method::kPut, "/auth/passkeys/{id}", Access::kSession, rename_passkey},
    {Method::kDelete, "/auth/passkeys/{id}", fresh(Access::kSession), remove_passkey},
    kHealthz,
    kReadyz,
};

}  // namespace dundun
