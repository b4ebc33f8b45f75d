// What the endpoints of endpoints.h take and give; notation in common/web/shape.h.
#pragma once

#include "common/journal/change.h"
#include "common/web/operation.h"

namespace dundun::schemas::account {

inline constexpr const char* kTypes = R"(
  Transaction = {
    id: integer,  // 1, 2, 3 … without gaps
    type: "credit" | "sms_charge" | "manual_credit" | "manual_debit" | "refund",
    amount: money,  // charges are negative
    balance_after: money,
    currency: currency,
    description: string,
    batch_id: batch_id | null,
    message_id: message_id | null,
    created_at: time,
    fx_rate: string | null  // the rates used, where something was converted
  }
  ApiKey = {
    id: integer,
    name: string,
    prefix: string,  // what may be shown of it
    environment: "live" | "test",
    scopes: string[],
    is_active: boolean,
    allowed_ips: string[],  // empty: from everywhere
    expires_at: time | null,
    last_used_at: time | null,
    created_at: time | null
  }
  SenderId = {
    id: integer,
    name: string,
    countries: country[],
    use_case: string | null,
    status: "pending" | "approved" | "rejected",
    rejection_reason: string | null,
    created_at: time,
    approved_countries: country[],
    pending_countries: country[],
    rejected_countries: country[]
  }
  Workspace = {
    id: integer,
    name: string,
    currency: currency,
    status: "active" | "suspended" | "closed",
    refund_on: "any_failure" | "not_accepted",
    second_factor_required: boolean,
    low_balance_threshold: money | null,
    created_at: time
  }
  Notification = {
    id: integer,
    notification_type: string,  // low_balance, campaign_finished …
    title: string,
    body: string,
    link: string,
    read: boolean,
    created_at: time,
    read_at: time | null
  }
)";

inline constexpr Operation kOperations[] = {
    {.of = "GET /balance",
     .summary = "The wallet's balance",
     .answer = R"({
       balance: money,
       currency: currency,
       sms_estimate: integer | null  // one-segment messages it buys at home
     })",
     .errors = "404"},
    {.of = "GET /balance/transactions",
     .summary = "The ledger, newest first",
     .query = R"({page?: integer(0..1000000) = 0, limit?: integer(1..100) = 20,
                  after?: integer  // only what is older than this transaction
                 })",
     .answer = "{transactions: Transaction[], total: integer, page: integer, limit: integer}",
     .errors = "404 422"},
    {.of = "POST /balance/topup",
     .summary = "Open a checkout that tops the wallet up",
     .body = R"({
       amount?: number | string,  // at most 2 decimals; otherwise the usual amount
       currency?: currency  // the wallet's
     })",
     .answer = "{checkout_url: url, message: string}",
     .errors = "400 409 422",
     .idempotent = true},
    {.of = "GET /balance/statement",
     .summary = "The ledger as CSV, however long",
     .query = R"({date_from?: string, date_to?: string})",
     .answer = "string",
     .answer_type = "text/csv",
     .errors = "422"},
    {.of = "GET /notifications",
     .summary = "List notifications, newest first",
     .query = R"({page?: integer(0..1000000) = 0, limit?: integer(1..100) = 20,
                  unread?: boolean,
                  after?: integer  // only what is older than this notification
                 })",
     .answer = R"({notifications: Notification[], total: integer, unread_count: integer,
                   page: integer, limit: integer})",
     .errors = "422"},
    {.of = "GET /notifications/unread-count",
     .summary = "How many notifications are unread",
     .answer = "{unread_count: integer}"},
    {.of = "POST /notifications/read-all",
     .summary = "Mark all notifications as read",
     .answer = "{read: integer, unread_count: integer}",
     .safe_to_repeat = true},
    {.of = "POST /notifications/{id}/read",
     .summary = "Mark a notification as read",
     .answer = "Notification",
     .errors = "404",
     .safe_to_repeat = true},
    {.of = "GET /api-keys", .summary = "List keys, newest first", .answer = "ApiKey[]"},
    {.of = "POST /api-keys",
     .summary = "Make a key; it is shown only here",
     .body = R"({
       name: string,
       environment: "live" | "test",
       scopes: string | string[],  // send, query, webhooks, admin
       allowed_ips?: string[],
       expires_at?: time
     })",
     .answer = R"({id: integer, key: string, name: string, prefix: string,
                   environment: "live" | "test", scopes: string[], allowed_ips: string[],
                   expires_at: time | null, created_at: time})",
     .errors = "400 409 422",
     .idempotent = true},
    {.of = "DELETE /api-keys/{id}", .summary = "Revoke a key", .status = 204, .errors = "404"},
    {.of = "GET /sender-ids", .summary = "List sender names", .answer = "SenderId[]"},
    {.of = "POST /sender-ids",
     .summary = "Ask for a sender name",
     .body = "{name: string(1..11), countries: country[], use_case?: string}",
     .answer = "SenderId",
     .errors = "400 409 422",
     .idempotent = true},
    {.of = "GET /workspace",
     .summary = "The account's settings",
     .answer = "Workspace",
     .errors = "404"},
    {.of = "PUT /workspace",
     .summary = "Change the settings; what is left out stays",
     .body = R"({name?: string, low_balance_threshold?: number | string | null,
                 refund_on?: "any_failure" | "not_accepted"})",
     .answer = "Workspace",
     .errors = "400 404 422"},
    {.of = "GET /sender-ids/fees",
     .summary = "What registering a name costs",
     .answer = R"({currency: "USD", countries: {
       country_code: country, country_name: string,
       fee_usd: money | null,  // null: on request
       fee_type: "one_time" | "per_network" | "on_request", covers: "all_networks" | null,
       fee_table: string[][],  // rows of network, setup, recurring
       note: string | null
     }[]})"},
    {.of = "GET /workspace/users",
     .summary = "List the account's people",
     .answer = "{users: AccountUser[]}"},
    {.of = "POST /workspace/users",
     .summary = "Add a user, up to an owner",
     .body = R"({
       email: string,
       password?: string,  // left out: the user is invited and chooses one
       name?: string,
       role?: "viewer" | "developer" | "owner" = "viewer",
       language?: "en" | "fr" | "pt" | "sw" = "en"  // of the invitation
     })",
     .status = 201,
     .answer = R"({id: integer, account_id: integer, email: string, name: string, role: Role,
                 invitation: Invitation | null})",
     .errors = "400 409 422",
     .idempotent = true},
    {.of = "PUT /workspace/users/{id}",
     .summary = "Change a user; a change of rights ends their sessions. An owner stays",
     .body = R"({name?: string, role?: "viewer" | "developer" | "owner", is_active?: boolean,
                 password?: string})",
     .answer = "AccountUser",
     .errors = "400 404 409 422"},
    {.of = "POST /workspace/users/{id}/invitation",
     .summary = "Invite a user again; the link before opens nothing more",
     .body = R"({language?: "en" | "fr" | "pt" | "sw" = "en"})",
     .answer = "{id: integer, invitation: Invitation}",
     .errors = "400 404 409 422",
     .safe_to_repeat = true,
     .headers = "Cache-Control"},
    {.of = "DELETE /workspace/users/{id}/second-factor",
     .summary = "The phone is lost: take a user's second factor away; ends their sessions",
     .status = 204,
     .errors = "404 409"},
    {.of = "PUT /workspace/second-factor",
     .summary = "Whether the account's people need a second factor",
     .body = "{required: boolean}",
     .answer = "{required: boolean, ended_sessions: integer}",
     .errors = "400 409 422",
     .note = "Who asks must have one. Sessions that were opened without one end; the next login "
             "enrols it."},
    {.of = "GET /audit-log",
     .summary = "Who changed rights, money and settings",
     .query = "{limit?: integer(1..100) = 20, after?: integer}",
     .answer = "AuditPage",
     .errors = "422"},
    {.of = "POST /ws/token",
     .summary = "A token for one WebSocket",
     .answer = "{token: string, expiresIn: integer}",
     .safe_to_repeat = true,
     .error = "GravityError"},
    {.of = "POST /payments/callback/{provider}",
     .summary = "A payment provider's word, signed by it",
     .body = "any",
     .answer = "{status: string}",
     .errors = "400 401 404 409",
     .needs = "the provider's signature"},
    {.of = "GET /payments/return/{provider}",
     .summary = "The customer's browser, back from a checkout",
     .query = "{tx_ref?: string}",
     .status = 303,
     .answer = "string",
     .answer_type = "text/plain",
     .errors = "404 409",
     .headers = "Location"},
    {.of = "GET /pay/sandbox/{reference}",
     .summary = "The sandbox's checkout page",
     .answer = "string",
     .answer_type = "text/html",
     .errors = "404",
     .page = true},
    {.of = "POST /pay/sandbox/{reference}",
     .summary = "The sandbox's button: pay",
     .answer = "string",
     .answer_type = "text/html",
     .errors = "404 409",
     .page = true},
};

}  // namespace dundun::schemas::account
