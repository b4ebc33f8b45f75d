// The endpoints of the `account` binary.
#pragma once

#include "common/web/endpoint.h"
#include "common/web/health.h"

namespace dundun {

Result<Response> get_balance(Context& context);
Result<Response> list_transactions(Context& context);
Result<Response> topup(Context& context);
Task<Response> payment_callback(Context& context);
Task<Response> payment_return(Context& context);
Result<Response> sandbox_page(Context& context);
Task<Response> sandbox_pay(Context& context);
Result<Response> balance_statement(Context& context);
Result<Response> list_notifications(Context& context);
Result<Response> unread_count(Context& context);
Result<Response> read_notification(Context& context);
Result<Response> read_all_notifications(Context& context);
Result<Response> list_api_keys(Context& context);
Result<Response> create_api_key(Context& context);
Result<Response> revoke_api_key(Context& context);
Result<Response> list_sender_ids(Context& context);
Result<Response> request_sender_id(Context& context);
Result<Response> get_workspace(Context& context);
Result<Response> put_workspace(Context& context);
Result<Response> audit_log(Context& context);
Result<Response> ws_token(Context& context);
Result<Response> list_workspace_users(Context& context);
Task<Response> create_workspace_user(Context& context);
Task<Response> change_workspace_user(Context& context);
Result<Response> reset_workspace_second_factor(Context& context);
Result<Response> set_second_factor_policy(Context& context);
Result<Response> invite_workspace_user(Context& context);
Result<Response> sender_id_fees(Context& context);

inline constexpr Endpoint kAccountEndpoints[] = {
    {Method::kGet, "/balance", Access::kQuery, get_balance},
    {Method::kGet, "/balance/transactions", Access::kQuery, list_transactions},
    {Method::kPost, "/balance/topup", Access::kSend, calls_out(topup)},
    {Method::kPost, "/payments/callback/{provider}", Access::kPublic, calls_out(payment_callback),
     true},
    {Method::kGet, "/payments/return/{provider}", Access::kPublic, calls_out(payment_return), true},
    {Method::kGet, "/pay/sandbox/{reference}", Access::kPublic, sandbox_page, true},
    {Method::kPost, "/pay/sandbox/{reference}", Access::kPublic, sandbox_pay, true},
    {Method::kGet, "/balance/statement", Access::kQuery, balance_statement},
    {Method::kGet, "/notifications", Access::kQuery, list_notifications},
    {Method::kGet, "/notifications/unread-count", Access::kQuery, unread_count},
    {Method::kPost, "/notifications/read-all", Access::kQuery, read_all_notifications},
    {Method::kPost, "/notifications/{id}/read", Access::kQuery, read_notification},
    {Method::kGet, "/api-keys", Access::kManage, list_api_keys},
    {Method::kPost, "/api-keys", fresh(Access::kManage), create_api_key},
    {Method::kDelete, "/api-keys/{id}", Access::kManage, revoke_api_key},
    {Method::kGet, "/sender-ids", Access::kQuery, list_sender_ids},
    {Method::kPost, "/sender-ids", live(Access::kSend), request_sender_id},
    {Method::kGet, "/workspace", live(Access::kQuery), get_workspace},
    {Method::kPut, "/workspace", live(Access::kManage), put_workspace},
    {Method::kGet, "/workspace/users", Access::kOwner, list_workspace_users},
    {Method::kPost, "/workspace/users", fresh(Access::kOwner), create_workspace_user},
    {Method::kPut, "/workspace/users/{id}", fresh(Access::kOwner), change_workspace_user},
    {Method::kPost, "/workspace/users/{id}/invitation", fresh(Access::kOwner),
     invite_workspace_user},
    {Method::kDelete, "/workspace/users/{id}/second-factor", fresh(Access::kOwner),
     reset_workspace_second_factor},
    {Method::kPut, "/workspace/second-factor", fresh(Access::kOwner), set_second_factor_policy},
    {Method::kGet, "/sender-ids/fees", Access::kPublic, sender_id_fees},
    {Method::kGet, "/audit-log", live(Access::kManage), audit_log},
    {Method::kPost, "/ws/token", Access::kQuery, ws_token},
    kHealthz,
    kReadyz,
};

}  // namespace dundun
