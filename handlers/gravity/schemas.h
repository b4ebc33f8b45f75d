// What the endpoints of routes.h take and give; notation in openapi/shape.h.
#pragma once

#include "common/web/operation.h"

namespace dundun::schemas::gravity {

inline constexpr const char* kTypes = R"(
  GravityError = {error: string}
  Sms = {
    messageId: string,
    direction: "outbound" | "inbound",
    status: "queued" | "sending" | "sent" | "delivered" | "failed" | "received",
    rcMessageId: string | null,
    error: string | null,
    to: string,
    from: string,
    body: string,
    createdAt: time,
    updatedAt: time
  }
  App = {
    appId: app_id,
    tenantId: tenant_id,
    name: string,
    role: "app" | "admin",
    apiKeyPrefix: string | null,
    webhookUrl: string | null,
    isActive: boolean,
    createdAt: time,
    lastUsedAt: time | null
  }
  AppKey = {apiKey: string, apiKeyPrefix: string}
)";

inline constexpr Operation kOperations[] = {
    {.of = "POST /sms/send",
     .summary = "Send a message from a number of the tenant",
     .body = R"({to: string, from: string, body: string(1..1600), userId?: string})",
     .status = 202,
     .answer = R"({messageId: string, status: "queued"})",
     .errors = "400 402 409 413 422",
     .idempotent = true,
     .error = "GravityError"},
    {.of = "GET /sms/status/{id}",
     .summary = "A message",
     .answer = "Sms",
     .errors = "400 404",
     .error = "GravityError"},
    {.of = "GET /sms/messages",
     .summary = "Messages out and in, newest first",
     .query = R"({direction?: "outbound" | "inbound", status?: string, from?: string, to?: string,
                  startDate?: string, endDate?: string, page?: integer = 1,
                  limit?: integer(1..100) = 20, tenantId?: string})",
     .answer = "{messages: Sms[], total: integer, page: integer, limit: integer}",
     .errors = "400 404",
     .error = "GravityError"},
    {.of = "GET /rc/status",
     .summary = "Whether RingCentral is connected",
     .answer = "{connected: boolean}",
     .error = "GravityError"},
    {.of = "POST /apps/register",
     .summary = "Register an app; its key is shown once",
     .body = R"({name: string(1..100), tenantId?: tenant_id, webhookUrl?: url,
                 role?: "app" | "admin" = "app"})",
     .status = 201,
     .answer = R"({appId: app_id, name: string, apiKey: string, apiKeyPrefix: string,
                   role: "app" | "admin", tenantId: tenant_id, webhookSecret?: string})",
     .errors = "400 404 409 422",
     .idempotent = true,
     .error = "GravityError"},
    {.of = "GET /apps",
     .summary = "The apps of the tenant",
     .query = "{tenantId?: string}",
     .answer = "{apps: App[]}",
     .errors = "404",
     .error = "GravityError"},
    {.of = "GET /apps/{id}",
     .summary = "An app",
     .answer = "App",
     .errors = "400 404",
     .error = "GravityError"},
    {.of = "PUT /apps/{id}",
     .summary = "Change an app",
     .body = "{name?: string(1..100), isActive?: boolean, webhookUrl?: url | null}",
     .answer = "App",
     .errors = "400 404",
     .error = "GravityError"},
    {.of = "DELETE /apps/{id}",
     .summary = "Delete an app and its key",
     .answer = "{ok: boolean}",
     .errors = "400 404",
     .error = "GravityError"},
    {.of = "POST /apps/{id}/rotate-key",
     .summary = "A new key; the old one is dead at once",
     .answer = "AppKey",
     .errors = "400 404 409 422",
     .idempotent = true,
     .error = "GravityError"},
    {.of = "POST /apps/{id}/test-webhook",
     .summary = "Send its webhook an example",
     .answer = "{ok: boolean, deliveryId: event_id}",
     .errors = "400 404 409 422",
     .idempotent = true,
     .error = "GravityError"},
    {.of = "GET /health",
     .summary = "The process runs",
     .answer = R"({status: "ok"})",
     .error = "GravityError"},
};

}  // namespace dundun::schemas::gravity
