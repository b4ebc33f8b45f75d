#include "ws-bridge/event.h"

#include <algorithm>
#include <utility>

#include "common/io/json.h"

namespace dundun {
namespace {

constexpr std::pair<std::string_view, EventKinds> kNames[] = {
    {"message_status", kMessageStatus}, {"balance_update", kBalanceUpdate},
    {"notification", kNotification},    {"batch_progress", kBatchProgress},
    {"sms_inbound", kSmsInbound},       {"sms_status", kSmsStatus},
};

EventKinds kind_of(std::string_view json) {
  constexpr std::string_view kType = R"({"type":")";
  if (!json.starts_with(kType)) return kOtherEvents;
  json.remove_prefix(kType.size());
  return event_kind(json.substr(0, json.find('"'))).value_or(kOtherEvents);
}

std::string_view text_member(const JsonValue& object, std::string_view name) {
  const auto value = object.find(name);
  return value && value->is_string() ? value->string() : std::string_view();
}

// The second dialect has fewer words: where it lacks one, the nearest is used.
std::string_view second_status(std::string_view status) {
  constexpr std::pair<std::string_view, std::string_view> kWords[] = {
      {"scheduled", "queued"}, {"retrying", "queued"}, {"submitted", "sending"},
      {"cancelled", "failed"}, {"expired", "failed"},
  };
  for (const auto& [first, second] : kWords) {
    if (first == status) return second;
  }
  return status;
}

void add_outcome(JsonWriter& json, std::string_view status, std::string_view carrier_id,
                 std::string_view error) {
  if (second_status(status) == "failed") {
    json.member("error", !error.empty()          ? error
                         : status == "cancelled" ? "Cancelled"
                                                 : "Not delivered");
  } else if (!carrier_id.empty()) {
    json.member("rcMessageId", carrier_id);
  }
}

// {"type":"sms_status",…}, of the second dialect. Its time is the event id's own.
std::optional<std::string> sms_status(const Event& event, std::string_view tenant_id) {
  const auto document = JsonDocument::parse(event.json);
  if (!document || !document->root().is_object()) return std::nullopt;
  const std::string_view event_id = text_member(document->root(), "event_id");
  const std::string_view status = text_member(document->root(), "status");
  const auto message = parse_message_id(text_member(document->root(), "message_id"));
  const auto id = parse_uuid(event_id.substr(std::min<size_t>(4, event_id.size())));
  if (!message || !id) return std::nullopt;
  std::string app_id, carrier_id, error;
  if (const auto more = JsonDocument::parse(event.second_dialect);
      more && more->root().is_object()) {
    app_id = text_member(more->root(), "appId");
    carrier_id = text_member(more->root(), "rcMessageId");
    error = text_member(more->root(), "error");
  }
  const auto or_null = [](std::string_view text) {
    return text.empty() ? std::optional<std::string_view>() : text;
  };
  JsonWriter json;
  json.begin_object()
      .member("type", "sms_status")
      .member("event_id", event_id)
      .member("messageId", "msg_" + to_hex(*message))
      .member("appId", or_null(app_id))
      .member("tenantId", or_null(tenant_id))
      .member("status", second_status(status));
  add_outcome(json, status, carrier_id, error);
  json.member("timestamp", format_z_ms(created_at(*id))).end_object();
  return json.take();
}

bool is_of_app(const Event& event, std::string_view app_id) {
  if (app_id.empty() || event.kind == kSmsInbound) return true;
  // Our own writing, and an app id has nothing to escape.
  return event.second_dialect.find("\"appId\":\"" + std::string(app_id) + "\"") !=
         std::string_view::npos;
}

void flush(std::string& together, Served& served) {
  if (together.empty()) return;
  served.frames.push_back({std::make_shared<const std::string>(std::move(together)), false});
  together.clear();
}

}  // namespace

std::optional<EventKinds> event_kind(std::string_view name) {
  for (const auto& [known, kind] : kNames) {
    if (known == name) return kind;
  }
  return std::nullopt;
}

Event take_event(std::string_view& payload) {
  const std::string_view line = payload.substr(0, payload.find('\n'));
  payload.remove_prefix(std::min(payload.size(), line.size() + 1));
  const size_t tab = line.find('\t');
  Event event;
  event.json = line.substr(0, tab);
  if (tab != std::string_view::npos) event.second_dialect = line.substr(tab + 1);
  event.kind = kind_of(event.json);
  return event;
}

bool is_event(const Event& event, const Uuid& id) {
  return event.json.find("\"event_id\":\"" + event_id_text(id) + "\"") != std::string_view::npos;
}

Served serve(std::string_view payload, const Filter& filter, std::string_view tenant_id) {
  Served served;
  std::string together;
  while (!payload.empty()) {
    const Event event = take_event(payload);
    const bool as_sms_status = event.kind == kMessageStatus && (filter.kinds & kSmsStatus) != 0;
    if (event.json.empty() || (!as_sms_status && (filter.kinds & event.kind) == 0)) continue;
    if (!is_of_app(event, filter.app_id)) continue;
    ++served.events;
    if (event.kind == kBalanceUpdate) {
      flush(together, served);
      served.frames.push_back({text_frame(event.json), true});
    } else if (!as_sms_status) {
      append_text_frame(together, event.json);
    } else if (const auto json = sms_status(event, tenant_id)) {
      append_text_frame(together, *json);
    }
  }
  flush(together, served);
  return served;
}

}  // namespace dundun
