// What the endpoints of endpoints.h take and give; notation in common/web/shape.h.
#pragma once

#include "common/journal/change.h"
#include "common/web/operation.h"

namespace dundun::schemas::webhooks {

inline constexpr const char* kTypes = R"(
  Webhooks = {
    dlr_url: string | null,  // told what becomes of messages
    mo_url: string | null,  // told what comes in
    signing_secret: string,
    is_active: boolean,
    events: string[],  // message.delivered, message.failed …
    disabled: {url: "dlr_url" | "mo_url", reason: string, at: time}[],
    old_secret_expires_at: time | null
  }
  Delivery = {
    id: event_id,
    type: "dlr" | "mo" | "app" | "trigger",
    event: string,
    message_id: message_id | inbound_id | null,
    status: "pending" | "delivered" | "dead",
    attempts: integer,
    last_status: integer | null,  // HTTP status of the last answer
    last_error: string | null,
    last_answer: string | null,
    last_attempt_at: time | null,
    last_ms: integer | null,
    next_attempt_at: time | null,
    created_at: time
  }
  QueuedDelivery = {id: event_id, status: "pending"}
)";

inline constexpr Operation kOperations[] = {
    {.of = "GET /webhooks",
     .summary = "The URLs that are called, and the signing secret",
     .answer = "Webhooks"},
    {.of = "PUT /webhooks",
     .summary = "Set the URLs and events; what is left out stays",
     .body = R"({
       dlr_url?: string | null,
       mo_url?: string | null,
       is_active?: boolean,
       events?: string[]  // message. and a status
     })",
     .answer = R"({...Webhooks, status: "updated"})",
     .errors = "400 422"},
    {.of = "DELETE /webhooks",
     .summary = "Take both URLs away",
     .answer = R"({status: "deleted"})"},
    {.of = "POST /webhooks/rotate-secret",
     .summary = "Make a new signing secret; the old one signs too for 24 hours",
     .answer = "{signing_secret: string, old_secret_expires_at: time | null}",
     .errors = "400 409 422",
     .idempotent = true},
    {.of = "POST /webhooks/test",
     .summary = "Call with an example",
     .body = R"({type?: "dlr" | "mo" = "dlr"})",
     .status = 202,
     .answer = "QueuedDelivery",
     .errors = "400 409 422",
     .idempotent = true},
    {.of = "GET /webhooks/deliveries",
     .summary = "The log of calls, newest first",
     .query = R"({page?: integer(0..1000000) = 0, limit?: integer(1..100) = 20,
                  status?: "pending" | "delivered" | "dead", event?: string, message_id?: string,
                  date_from?: string, date_to?: string, after?: string})",
     .answer = "{deliveries: Delivery[], page: integer, limit: integer, has_more: boolean}",
     .errors = "400 422"},
    {.of = "POST /webhooks/deliveries/replay",
     .summary = "Call again what a range of time holds",
     .body = R"({date_from: time, date_to?: time, event?: string,
                 status?: "dead" | "delivered" = "dead"})",
     .status = 202,
     .answer = "{replayed: integer, more: boolean}",
     .errors = "400 409 422",
     .idempotent = true},
    {.of = "GET /webhooks/deliveries/{id}",
     .summary = "A call, with what it says",
     .answer = "{...Delivery, payload: any}",
     .errors = "404"},
    {.of = "POST /webhooks/deliveries/{id}/replay",
     .summary = "Make a call again",
     .status = 202,
     .answer = "QueuedDelivery",
     .errors = "400 404 409 422",
     .idempotent = true},
    {.of = "POST /triggers/sms-received/subscribe",
     .summary = "Call a URL for each text that comes in",
     .body = R"({callbackUrl: url, phoneNumber?: string})",
     .status = 201,
     .answer = "{id: string}",
     .errors = "400 409 422",
     .idempotent = true,
     .error = "GravityError",
     .headers = "Location"},
    {.of = "DELETE /triggers/sms-received/subscribe/{id}",
     .summary = "End a subscription",
     .answer = "{ok: boolean}",
     .errors = "404",
     .error = "GravityError"},
};

}  // namespace dundun::schemas::webhooks
