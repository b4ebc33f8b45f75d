// The endpoints of the `admin` binary, for those who run the platform. `dundunctl` runs the same
// functions without a server (ctl/).
#pragma once

#include "common/web/endpoint.h"
#include "common/web/health.h"

namespace dundun {

Result<Response> list_accounts(Context& context);
Result<Response> get_account(Context& context);
Result<Response> create_account(Context& context);
Result<Response> change_account(Context& context);
Task<Response> credit_account(Context& context);
Task<Response> debit_account(Context& context);
Result<Response> list_users(Context& context);
Task<Response> create_user(Context& context);
Task<Response> change_user(Context& context);
Result<Response> reset_user_second_factor(Context& context);
Result<Response> invite_user(Context& context);
Result<Response> list_account_keys(Context& context);
Result<Response> revoke_account_key(Context& context);
Result<Response> account_audit_log(Context& context);
Result<Response> list_sender_requests(Context& context);
Result<Response> approve_sender(Context& context);
Result<Response> reject_sender(Context& context);
Result<Response> list_all_routes(Context& context);
Result<Response> create_route(Context& context);
Result<Response> change_route(Context& context);
Result<Response> list_route_carriers(Context& context);
Result<Response> add_route_carrier(Context& context);
Result<Response> change_route_carrier(Context& context);
Result<Response> drop_route_carrier(Context& context);
Result<Response> list_carrier_overrides(Context& context);
Result<Response> add_carrier_override(Context& context);
Result<Response> drop_carrier_override(Context& context);
Result<Response> message_carriers(Context& context);
Result<Response> list_prices(Context& context);
Result<Response> import_prices(Context& context);
Result<Response> list_rates(Context& context);
Result<Response> import_rates(Context& context);
Result<Response> list_carriers(Context& context);
Result<Response> get_carrier(Context& context);
Result<Response> change_carrier_state(Context& context);
Result<Response> add_carrier_secret(Context& context);
Result<Response> drop_old_carrier_secret(Context& context);
Result<Response> set_carrier_settings(Context& context);
Result<Response> check_carrier(Context& context);
Result<Response> try_carrier(Context& context);
Result<Response> list_unmatched_receipts(Context& context);
Result<Response> discard_unmatched_receipt(Context& context);
Result<Response> list_inbound_numbers(Context& context);
Result<Response> set_inbound_number(Context& context);
Result<Response> drop_inbound_number(Context& context);
Result<Response> platform_audit_log(Context& context);
Task<Response> bootstrap(Context& context);
Result<Response> verify_audit(Context& context);
Result<Response> resume_platform(Context& context);
Result<Response> set_sender_fee(Context& context);
Result<Response> drop_sender_fee(Context& context);
Result<Response> list_account_webhooks(Context& context);
Result<Response> replay_account_webhooks(Context& context);
Result<Response> list_unrouted(Context& context);
Task<Response> assign_unrouted(Context& context);
Result<Response> show_retention(Context& context);
Result<Response> run_retention(Context& context);
Result<Response> import_kannel(Context& context);

inline constexpr Endpoint kAdminEndpoints[] = {
    {Method::kGet, "/admin/accounts", Access::kPlatform, list_accounts},
    {Method::kPost, "/admin/accounts", Access::kPlatform, create_account},
    {Method::kGet, "/admin/accounts/{id}", Access::kPlatform, get_account},
    {Method::kPut, "/admin/accounts/{id}", Access::kPlatform, change_account},
    {Method::kPost, "/admin/accounts/{id}/credit", fresh(Access::kPlatform), credit_account},
    {Method::kPost, "/admin/accounts/{id}/debit", fresh(Access::kPlatform), debit_account},
    {Method::kGet, "/admin/accounts/{id}/users", Access::kPlatform, list_users},
    {Method::kPost, "/admin/accounts/{id}/users", fresh(Access::kPlatform), create_user},
    {Method::kPut, "/admin/accounts/{id}/users/{user}", fresh(Access::kPlatform), change_user},
    {Method::kPost, "/admin/accounts/{id}/users/{user}/invitation", fresh(Access::kPlatform),
     invite_user},
    {Method::kDelete, "/admin/accounts/{id}/users/{user}/second-factor", fresh(Access::kPlatform),
     reset_user_second_factor},
    {Method::kGet, "/admin/accounts/{id}/api-keys", Access::kPlatform, list_account_keys},
    {Method::kDelete, "/admin/accounts/{id}/api-keys/{key}", Access::kPlatform, revoke_account_key},
    {Method::kGet, "/admin/accounts/{id}/audit-log", Access::kPlatform, account_audit_log},
    {Method::kGet, "/admin/sender-ids", Access::kPlatform, list_sender_requests},
    {Method::kPost, "/admin/accounts/{id}/sender-ids/{sender}/approve", Access::kPlatform,
     approve_sender},
    {Method::kPost, "/admin/accounts/{id}/sender-ids/{sender}/reject", Access::kPlatform,
     reject_sender},
    {Method::kGet, "/admin/routes", Access::kPlatform, list_all_routes},
    {Method::kPost, "/admin/routes", Access::kPlatform, create_route},
    {Method::kPut, "/admin/routes/{code}", Access::kPlatform, change_route},
    {Method::kGet, "/admin/routes/{code}/carriers", Access::kPlatform, list_route_carriers},
    {Method::kPost, "/admin/routes/{code}/carriers", Access::kPlatform, add_route_carrier},
    {Method::kPut, "/admin/routes/{code}/carriers/{carrier}", Access::kPlatform,
     change_route_carrier},
    {Method::kDelete, "/admin/routes/{code}/carriers/{carrier}", Access::kPlatform,
     drop_route_carrier},
    {Method::kGet, "/admin/accounts/{id}/carrier-overrides", Access::kPlatform,
     list_carrier_overrides},
    {Method::kPost, "/admin/accounts/{id}/carrier-overrides", Access::kPlatform,
     add_carrier_override},
    {Method::kDelete, "/admin/accounts/{id}/carrier-overrides/{override}", Access::kPlatform,
     drop_carrier_override},
    {Method::kGet, "/admin/accounts/{id}/messages/{message}/carriers", Access::kPlatform,
     message_carriers},
    {Method::kGet, "/admin/routes/{code}/prices", Access::kPlatform, list_prices},
    {Method::kPost, "/admin/prices", Access::kPlatform, import_prices},
    {Method::kGet, "/admin/fx", Access::kPlatform, list_rates},
    {Method::kPost, "/admin/fx", Access::kPlatform, import_rates},
    {Method::kGet, "/admin/carriers", Access::kPlatform, list_carriers},
    {Method::kGet, "/admin/carriers/{carrier}", Access::kPlatform, get_carrier},
    {Method::kPut, "/admin/carriers/{carrier}", Access::kPlatform, change_carrier_state},
    {Method::kPost, "/admin/carriers/{carrier}/secrets", fresh(Access::kPlatform),
     add_carrier_secret},
    {Method::kDelete, "/admin/carriers/{carrier}/secrets", fresh(Access::kPlatform),
     drop_old_carrier_secret},
    {Method::kPut, "/admin/carriers/{carrier}/settings", fresh(Access::kPlatform),
     set_carrier_settings},
    {Method::kPost, "/admin/carriers/{carrier}/check", Access::kPlatform, check_carrier},
    {Method::kPost, "/admin/carriers/{carrier}/try", Access::kPlatform, calls_out(try_carrier)},
    {Method::kGet, "/admin/receipts/unmatched", Access::kPlatform, list_unmatched_receipts},
    {Method::kDelete, "/admin/receipts/unmatched/{id}", Access::kPlatform,
     discard_unmatched_receipt},
    {Method::kGet, "/admin/inbound-numbers", Access::kPlatform, list_inbound_numbers},
    {Method::kPut, "/admin/accounts/{id}/inbound-numbers", Access::kPlatform, set_inbound_number},
    {Method::kDelete, "/admin/accounts/{id}/inbound-numbers", Access::kPlatform,
     drop_inbound_number},
    {Method::kGet, "/admin/audit-log", Access::kPlatform, platform_audit_log},
    {Method::kPut, "/admin/sender-fees/{country}", Access::kPlatform, set_sender_fee},
    {Method::kDelete, "/admin/sender-fees/{country}", Access::kPlatform, drop_sender_fee},
    {Method::kGet, "/admin/accounts/{id}/webhooks", Access::kPlatform, list_account_webhooks},
    {Method::kPost, "/admin/accounts/{id}/webhooks/replay", Access::kPlatform,
     replay_account_webhooks},
    {Method::kGet, "/admin/inbound/unrouted", Access::kPlatform, list_unrouted},
    {Method::kPost, "/admin/inbound/unrouted/assign", Access::kPlatform, assign_unrouted},
    {Method::kGet, "/admin/retention", Access::kPlatform, show_retention},
    {Method::kPost, "/admin/retention/run", Access::kPlatform, run_retention},
    kHealthz,
    kReadyz,
};

// Only on the host itself, by dundunctl: it needs no right.
inline constexpr Endpoint kBootstrap{Method::kPost, "/admin/bootstrap", Access::kLocal, bootstrap};
// Reads every line there is: for a shell, not for a server.
inline constexpr Endpoint kVerifyAudit{Method::kPost, "/admin/audit-log/verify", Access::kLocal,
                                       verify_audit};

// After PostgreSQL was restored to an earlier moment (deploy/restoring.md).
inline constexpr Endpoint kResumePlatform{Method::kPost, "/admin/resume", Access::kLocal,
                                          resume_platform};

// Writes carriers' files of secrets: for a shell, not for a server.
inline constexpr Endpoint kImportKannel{Method::kPost, "/admin/import/kannel", Access::kLocal,
                                        import_kannel};

}  // namespace dundun
