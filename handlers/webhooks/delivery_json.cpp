#include "handlers/webhooks/delivery_json.h"

#include <array>

#include "common/web/message_json.h"
#include "sql/webhooks.h"

namespace dundun {
namespace {

constexpr std::string_view kInboundEventName = "message.inbound";
constexpr std::array<std::string_view, 5> kTypes{"", "dlr", "mo", "app", "trigger"};
constexpr std::array<std::string_view, 4> kStates{"", "pending", "delivered", "dead"};

template <size_t Size>
std::string_view name_of(const std::array<std::string_view, Size>& names, int16_t number) {
  const auto place = static_cast<size_t>(number);
  return place < Size ? names[place] : std::string_view();
}

}  // namespace

std::optional<int16_t> parse_delivery_state(std::string_view name) {
  for (size_t place = 1; place < kStates.size(); ++place) {
    if (kStates[place] == name) return static_cast<int16_t>(place);
  }
  return std::nullopt;
}

void write_delivery(JsonWriter& json, const PgRows& rows, int row) {
  constexpr auto& col = sql::webhook_deliveries_page;
  static_assert(begins_with_columns(sql::webhook_deliveries_page_of_message, col));
  static_assert(begins_with_columns(sql::webhook_deliveries_page_of_pending, col));
  static_assert(begins_with_columns(sql::webhook_deliveries_page_of_dead, col));
  static_assert(begins_with_columns(sql::webhook_delivery, col));
  const Uuid id = rows.uuid(row, col.delivery_id);
  json.member("id", event_id_text(id))
      .member("type", name_of(kTypes, rows.i16(row, col.kind)))
      .member("event", rows.text(row, col.event))
      .key("message_id");
  if (rows.is_null(row, col.message_id)) {
    json.null();
  } else {
    const Uuid message = rows.uuid(row, col.message_id);
    const bool inbound = rows.text(row, col.event) == kInboundEventName;
    json.value(std::string_view(inbound ? inbound_id_text(message) : message_id_text(message)));
  }
  json.member("status", name_of(kStates, rows.i16(row, col.state)))
      .member("attempts", static_cast<int64_t>(rows.i16(row, col.attempts)))
      .key("last_status");
  rows.is_null(row, col.last_status)
      ? json.null()
      : json.value(static_cast<int64_t>(rows.i16(row, col.last_status)));
  json.member("last_error", rows.maybe_text(row, col.last_error))
      .member("last_answer", rows.maybe_text(row, col.last_answer));
  write_time(json, "last_attempt_at", rows.maybe_instant(row, col.last_attempt_at), format_z);
  json.key("last_ms");
  rows.is_null(row, col.last_ms) ? json.null()
                                 : json.value(static_cast<int64_t>(rows.i32(row, col.last_ms)));
  write_time(json, "next_attempt_at", rows.maybe_instant(row, col.next_attempt_at), format_z);
  json.member("created_at", format_z(created_at(id)));
}

}  // namespace dundun
