#include "common/journal/events.h"

#include <algorithm>

#include "common/io/json.h"

namespace dundun {

std::string event_channel(int64_t account_id, Environment environment) {
  std::string name = "events:{" + std::to_string(account_id) + "}:";
  name += environment_name(environment);
  return name;
}

std::string message_status_event(const Uuid& event_id, const Uuid& message_id, MessageStatus status,
                                 std::string_view dlr_word, Instant at) {
  JsonWriter json;
  json.begin_object()
      .member("type", "message_status")
      .member("event_id", std::string_view(event_id_text(event_id)))
      .member("message_id", std::string_view(message_id_text(message_id)))
      .member("status", status_name(status))
      .key("dlr_status");
  if (dlr_word.empty()) {
    json.null();
  } else {
    json.value(dlr_word);
  }
  json.member("updated_at", std::string_view(format_z(at))).end_object();
  return json.take();
}

std::string balance_event(const Uuid& event_id, Micros balance_micros, std::string_view currency) {
  JsonWriter json;
  json.begin_object()
      .member("type", "balance_update")
      .member("event_id", std::string_view(event_id_text(event_id)))
      .member_money("balance", balance_micros)
      .member("currency", currency)
      .end_object();
  return json.take();
}

std::string inbound_event(const Uuid& event_id, const RecordInbound& record) {
  JsonWriter json;
  json.begin_object()
      .member("type", "sms_inbound")
      .member("event_id", std::string_view(event_id_text(event_id)))
      .member("messageId", std::string_view(inbound_id_text(record.inbound_id)))
      .member("from", std::string_view(record.from))
      .member("to", std::string_view(record.to))
      .member("body", std::string_view(record.text))
      .member("rcMessageId", std::string_view(record.carrier_message_id))
      .member("tenantId", std::string_view(record.tenant_id))
      .member("timestamp", std::string_view(format_z_ms(created_at(record.inbound_id))))
      .end_object();
  return json.take();
}

std::string campaign_event(const Uuid& event_id, const Uuid& batch_id,
                           const CampaignState& campaign) {
  JsonWriter json;
  json.begin_object()
      .member("type", "batch_progress")
      .member("event_id", std::string_view(event_id_text(event_id)))
      .member("batch_id", std::string_view(batch_id_text(batch_id)))
      .member("status", campaign_status_name(campaign.status))
      .member("made", campaign.made)
      .member("total", campaign.total)
      .end_object();
  return json.take();
}

void Publication::add(const std::string& channel, std::string event) {
  auto [place, is_new] = index_.try_emplace(channel, channels_.size());
  if (is_new) {
    channels_.push_back({channel, std::move(event)});
  } else {
    channels_[place->second].payload.append("\n").append(event);
  }
}

std::string Publication::outbox_text() const {
  std::string text;
  for (const Channel& channel : channels_) {
    std::string_view rest = channel.payload;
    while (!rest.empty()) {
      const size_t end = std::min(rest.find('\n'), rest.size());
      text.append(channel.name).append(" ").append(rest.substr(0, end)).append("\n");
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return text;
}

Publication Publication::parse(std::string_view outbox_text) {
  Publication publication;
  while (!outbox_text.empty()) {
    const size_t end = std::min(outbox_text.find('\n'), outbox_text.size());
    const std::string_view line = outbox_text.substr(0, end);
    if (const size_t space = line.find(' '); space != std::string_view::npos) {
      publication.add(std::string(line.substr(0, space)), std::string(line.substr(space + 1)));
    }
    outbox_text.remove_prefix(std::min(end + 1, outbox_text.size()));
  }
  return publication;
}

}  // namespace dundun
