// The endpoints of the `account` binary (api.md section 5).
#pragma once

#include "common/web/health.h"
#include "common/web/route.h"

namespace dundun {

Task<Response> get_balance(Context& context);
Task<Response> list_transactions(Context& context);
Task<Response> topup(Context& context);
Task<Response> payment_callback(Context& context);
Task<Response> sandbox_page(Context& context);
Task<Response> sandbox_pay(Context& context);
Task<Response> balance_statement(Context& context);
Task<Response> list_notifications(Context& context);
Task<Response> unread_count(Context& context);
Task<Response> read_notification(Context& context);
Task<Response> read_all_notifications(Context& context);

inline constexpr Endpoint kAccountEndpoints[] = {
    {Method::kGet, "/balance", Access::kQuery, get_balance},
    {Method::kGet, "/balance/transactions", Access::kQuery, list_transactions},
    {Method::kPost, "/balance/topup", Access::kSend, topup},
    {Method::kPost, "/payments/callback/{provider}", Access::kPublic, payment_callback, true},
    {Method::kGet, "/pay/sandbox/{reference}", Access::kPublic, sandbox_page, true},
    {Method::kPost, "/pay/sandbox/{reference}", Access::kPublic, sandbox_pay, true},
    {Method::kGet, "/balance/statement", Access::kQuery, balance_statement},
    {Method::kGet, "/notifications", Access::kQuery, list_notifications},
    {Method::kGet, "/notifications/unread-count", Access::kQuery, unread_count},
    {Method::kPost, "/notifications/read-all", Access::kQuery, read_all_notifications},
    {Method::kPost, "/notifications/{id}/read", Access::kQuery, read_notification},
    kHealthz,
    kReadyz,
};

}  // namespace dundun
