#include "common/journal/message_event.h"

#include "common/io/json.h"

namespace dundun {
namespace {

std::string second_dialect(const MessageChange& change) {
  if (change.app_id.empty() && change.carrier_message_id.empty() && change.error.empty()) return {};
  JsonWriter json;
  json.begin_object();
  if (!change.app_id.empty()) json.member("appId", change.app_id);
  if (!change.carrier_message_id.empty()) json.member("rcMessageId", change.carrier_message_id);
  if (!change.error.empty()) json.member("error", change.error);
  json.end_object();
  return "\t" + json.take();
}

}  // namespace

std::string message_status_event(const MessageChange& change, Instant at) {
  JsonWriter json;
  json.begin_object()
      .member("type", "message_status")
      .member("event_id", event_id_text(change.event_id))
      .member("message_id", message_id_text(change.message_id))
      .member("status", status_name(change.status))
      .key("dlr_status");
  if (change.dlr_word.empty()) {
    json.null();
  } else {
    json.value(change.dlr_word);
  }
  json.member("updated_at", format_z(at));
  if (change.trace_id) json.member("trace_id", to_hex(*change.trace_id));
  json.end_object();
  return json.take() + second_dialect(change);
}

}  // namespace dundun
