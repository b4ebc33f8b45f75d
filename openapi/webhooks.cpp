#include "openapi/webhooks.h"

#include <algorithm>
#include <array>

#include "openapi/example.h"
#include "openapi/schema.h"

namespace dundun {
namespace {

struct CallHeader {
  const char* name;
  const char* description;
  const char* example;
  bool is_always_there = true;
};
constexpr auto kCallHeaders = std::to_array<CallHeader>({
    {"webhook-id", "The same for every attempt: keep the ids you have seen.",
     "evt_01984f6e6a107c119b5231c6a6a0d9f7"},
    {"webhook-timestamp", "Unix seconds of the attempt; refuse what is five minutes off.",
     "1777701600"},
    {"webhook-signature", "Standard Webhooks 1.0; two while a rotation overlaps.",
     "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4="},
    {"X-Webhook-ID", "As webhook-id.", "evt_01984f6e6a107c119b5231c6a6a0d9f7"},
    {"X-Webhook-Signature", "sha256= and the HMAC-SHA256 of the raw body, in hex.",
     "sha256=0f5d7e1a0c5b4d3e2f1a0b9c8d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a2b1c0d9e"},
    {"traceparent", "W3C Trace Context: of a message whose request bore a recorded trace.",
     "00-4bf92f3577b34da6a3ce929d0e0e4736-9b5231c6a6a0d9f7-01", false},
});

// A message that is not delivered has no time of it, and so on.
ExampleValues values_of(const WebhookEvent& event) {
  const std::string status = event.status;
  if (status.empty()) return {{"messageId", R"("msg_01984f6e6a107c119b5231c6a6a0d9f6")"}};
  return {{"event", "\"message." + status + "\""},
          {"status", "\"" + status + "\""},
          {"error_code", status == "failed" ? R"("UNDELIV")" : "null"},
          {"carrier_error_code", status == "failed" ? R"("27")" : "null"},
          {"delivered_at", status == "delivered" ? R"("2026-05-02T06:00:04Z")" : "null"},
          {"failed_at", status == "failed" ? R"("2026-05-02T06:00:04Z")" : "null"},
          {"retry_count", "0"},
          {"sequence", status == "queued" || status == "scheduled" ? "1" : "3"}};
}

void write_call_headers(JsonWriter& json) {
  json.key("parameters").begin_array();
  for (const CallHeader& header : kCallHeaders) {
    json.begin_object().member("name", header.name).member("in", "header");
    json.member("required", header.is_always_there);
    json.member("description", header.description);
    json.key("schema").raw(R"({"type":"string"})").member("example", header.example).end_object();
  }
  json.end_array();
}

constexpr const char* kAnswers =
    R"({"200":{"description":"Any 2xx within 15 seconds (5 for an app): taken."},)"
    R"("410":{"description":"The calls end: the URL is switched off."},)"
    R"("429":{"description":"Later: Retry-After holds the calls, for an hour at most."},)"
    R"("503":{"description":"The same."}})";

Status write_event(JsonWriter& json, const ShapeTypes& types, const WebhookEvent& event) {
  std::string id = std::string("webhook_") + event.name;
  std::ranges::replace_if(
      id, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  Shape shape;
  shape.kind = Shape::Kind::kNamed;
  shape.name = event.type;
  json.key(event.name).begin_object().key("post").begin_object();
  json.member("operationId", id).member("summary", event.summary);
  json.member("description",
              "A call to your server, signed twice. Anything but 2xx: the same bytes come again "
              "under the same webhook-id, 13 times over about three days.");
  json.key("tags").begin_array().value("Webhook events").end_array();
  json.key("security").begin_array().end_array();
  write_call_headers(json);
  json.key("requestBody").begin_object().member("required", true).key("content").begin_object();
  json.key("application/json").begin_object().key("schema");
  TRY(write_schema(json, shape, types));
  json.key("example");
  TRY(write_example(json, shape, types, values_of(event)));
  json.end_object().end_object().end_object();
  json.key("responses").raw(kAnswers).end_object().end_object();
  return Done{};
}

}  // namespace

Status write_webhooks(JsonWriter& json, const ShapeTypes& types,
                      std::set<std::string>& references) {
  json.key("webhooks").begin_object();
  for (const WebhookEvent& event : kWebhookEvents) {
    Shape shape;
    shape.kind = Shape::Kind::kNamed;
    shape.name = event.type;
    add_references(shape, types, references);
    TRY(write_event(json, types, event));
  }
  json.end_object();
  return Done{};
}

}  // namespace dundun
