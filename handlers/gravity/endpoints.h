// The endpoints of the `gravity` binary: the second dialect on the same engine. Under /v1 only,
// which nginx sees to; its errors are {"error": "<text>"} (common/web/errors.h).
#pragma once

#include "common/web/endpoint.h"
#include "common/web/health.h"

namespace dundun {

Task<Response> send_sms(Context& context);
Result<Response> sms_status(Context& context);
Result<Response> sms_messages(Context& context);
Result<Response> rc_status(Context& context);
Result<Response> rc_connections(Context& context);
Result<Response> rc_connect_token(Context& context);
Result<Response> rc_invite_token(Context& context);
Result<Response> rc_connect_page(Context& context);
Result<Response> rc_connect_start(Context& context);
Result<Response> rc_callback(Context& context);
Result<Response> rc_jwt(Context& context);
Result<Response> rc_disconnect(Context& context);
Result<Response> register_app(Context& context);
Result<Response> list_apps(Context& context);
Result<Response> get_app(Context& context);
Result<Response> change_app(Context& context);
Result<Response> delete_app(Context& context);
Result<Response> rotate_app_key(Context& context);
Result<Response> test_app_webhook(Context& context);

inline constexpr Endpoint kGravityEndpoints[] = {
    {Method::kPost, "/sms/send", Access::kSend, send_sms},
    {Method::kGet, "/sms/status/{id}", Access::kQuery, sms_status},
    {Method::kGet, "/sms/messages", Access::kQuery, sms_messages},
    {Method::kGet, "/rc/status", Access::kQuery, rc_status},
    {Method::kGet, "/rc/connections", live(Access::kQuery), rc_connections},
    {Method::kPost, "/rc/connect-token", live(Access::kSend), rc_connect_token},
    {Method::kPost, "/rc/invite-token", live(Access::kSend), rc_invite_token},
    {Method::kGet, "/rc/connect", Access::kPublic, rc_connect_page},
    {Method::kPost, "/rc/connect", Access::kPublic, rc_connect_start},
    {Method::kGet, "/rc/callback", Access::kPublic, calls_out(rc_callback)},
    {Method::kPost, "/rc/jwt", live(Access::kTenant), calls_out(rc_jwt)},
    {Method::kPost, "/rc/disconnect", live(Access::kSend), calls_out(rc_disconnect)},
    {Method::kPost, "/apps/register", live(Access::kTenant), register_app},
    {Method::kGet, "/apps", live(Access::kQuery), list_apps},
    {Method::kGet, "/apps/{id}", live(Access::kQuery), get_app},
    {Method::kPut, "/apps/{id}", live(Access::kQuery), change_app},
    {Method::kDelete, "/apps/{id}", live(Access::kTenant), delete_app},
    {Method::kPost, "/apps/{id}/rotate-key", live(Access::kQuery), rotate_app_key},
    {Method::kPost, "/apps/{id}/test-webhook", live(Access::kQuery), test_app_webhook},
    {Method::kGet, "/health", Access::kPublic, health, true},
    kHealthz,
    kReadyz,
};

}  // namespace dundun
