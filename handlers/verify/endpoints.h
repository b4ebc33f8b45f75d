// The endpoints of the `verify` binary.
#pragma once

#include "common/web/endpoint.h"
#include "common/web/health.h"

namespace dundun {

Task<Response> start_verification(Context& context);
Result<Response> check_verification(Context& context);
Result<Response> get_verification(Context& context);
Result<Response> list_verifications(Context& context);
Task<Response> resend_verification(Context& context);
Result<Response> cancel_verification(Context& context);
Result<Response> list_verify_apps(Context& context);
Result<Response> create_verify_app(Context& context);
Result<Response> get_verify_app(Context& context);
Result<Response> replace_verify_app(Context& context);
Result<Response> delete_verify_app(Context& context);
Result<Response> verify_app_stats(Context& context);
Result<Response> get_verify_countries(Context& context);
Result<Response> replace_verify_countries(Context& context);

inline constexpr Endpoint kVerifyEndpoints[] = {
    {Method::kPost, "/verify/start", Access::kSend, start_verification},
    {Method::kPost, "/verify/check", Access::kSend, check_verification},
    {Method::kGet, "/verify", Access::kQuery, list_verifications},
    {Method::kGet, "/verify/apps", Access::kQuery, list_verify_apps},
    {Method::kPost, "/verify/apps", live(Access::kSend), create_verify_app},
    {Method::kGet, "/verify/apps/{id}", Access::kQuery, get_verify_app},
    {Method::kPatch, "/verify/apps/{id}", live(Access::kSend), replace_verify_app},
    {Method::kDelete, "/verify/apps/{id}", live(Access::kSend), delete_verify_app},
    {Method::kGet, "/verify/apps/{id}/stats", Access::kQuery, verify_app_stats},
    {Method::kGet, "/verify/countries", Access::kQuery, get_verify_countries},
    {Method::kPut, "/verify/countries", live(Access::kManage), replace_verify_countries},
    {Method::kGet, "/verify/{id}", Access::kQuery, get_verification},
    {Method::kPost, "/verify/{id}/resend", Access::kSend, resend_verification},
    {Method::kPost, "/verify/{id}/cancel", Access::kSend, cancel_verification},
    kHealthz,
    kReadyz,
};

}  // namespace dundun
