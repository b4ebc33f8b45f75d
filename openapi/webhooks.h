// What customers' servers are sent: the events, their shapes and an example of each. The bodies are
// made in sql/statements/webhook_journal.sql.
#pragma once

#include <set>
#include <string>

#include "common/io/json.h"
#include "common/web/shape.h"

namespace dundun {

inline constexpr const char* kWebhookTypes = R"(
  MessageEvent = {
    event: "message.scheduled" | "message.queued" | "message.submitted" | "message.sent" |
           "message.delivered" | "message.failed" | "message.retrying" | "message.cancelled" |
           "message.expired",
    message_id: message_id,
    status: Status,
    phone: phone,
    sender_id: string,
    segments: integer(1..10),
    cost: money,  // the carrier's price
    error_code: string | null,
    retry_count: integer,
    delivered_at: time | null,
    failed_at: time | null,
    currency: currency,  // of the route
    wallet_cost: money,  // what left the wallet
    wallet_currency: currency,
    carrier_error_code: string | null,  // the carrier's own code, beside error_code
    sequence: integer,  // grows with each change of the message: the highest is the latest
    test?: boolean  // of a test key, or an example
  }
  InboundEvent = {
    event: "message.inbound",
    message_id: inbound_id,
    from: string,
    to: string,
    text: string,
    keyword: string | null,
    opt_out: "stop" | "start" | null,  // what the text asks for
    received_at: time,
    two_way: {service_id: null, number: string, keyword: string | null,
              type: "dedicated" | "shared", toll_free: boolean} | null,
    test?: boolean
  }
  AppInboundEvent = {
    type: "sms_inbound",
    messageId: string,
    from: string,
    to: string,
    body: string,
    rcMessageId: string | null,  // the carrier's id
    tenantId: tenant_id,
    timestamp: time,
    test?: boolean
  }
  TriggerEvent = {messageId: string, from: string, to: string, text: string, receivedAt: time}
)";

struct WebhookEvent {
  const char* name;
  const char* summary;
  const char* type;    // of kWebhookTypes
  const char* status;  // of the message
};

inline constexpr WebhookEvent kWebhookEvents[] = {
    {"message.scheduled", "A message waits for its time", "MessageEvent", "scheduled"},
    {"message.queued", "A message was accepted", "MessageEvent", "queued"},
    {"message.submitted", "A carrier has the message", "MessageEvent", "submitted"},
    {"message.sent", "A carrier passed the message on", "MessageEvent", "sent"},
    {"message.delivered", "A message reached its handset", "MessageEvent", "delivered"},
    {"message.failed", "A message failed", "MessageEvent", "failed"},
    {"message.retrying", "A message is tried again", "MessageEvent", "retrying"},
    {"message.cancelled", "A message was cancelled before it left", "MessageEvent", "cancelled"},
    {"message.expired", "A message could not leave in time", "MessageEvent", "expired"},
    {"message.inbound", "A text came in", "InboundEvent", ""},
    {"sms_inbound", "A text came in, told to an app", "AppInboundEvent", ""},
    {"sms-received", "A text came in, told to a trigger", "TriggerEvent", ""},
};

// The member "webhooks" of the document. Adds what it refers to.
Status write_webhooks(JsonWriter& json, const ShapeTypes& types, std::set<std::string>& references);

}  // namespace dundun
