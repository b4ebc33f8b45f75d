#include "handlers/webhooks/delivery_json.h"

#include <array>

#include "common/web/message_json.h"

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
  const Uuid id = rows.uuid(row, 0);
  json.member("id", event_id_text(id))
      .member("type", name_of(kTypes, rows.i16(row, 1)))
      .member("event", rows.text(row, 2))
      .key("message_id");
  if (rows.is_null(row, 3)) {
    json.null();
  } else {
    const Uuid message = rows.uuid(row, 3);
    const bool inbound = rows.text(row, 2) == kInboundEventName;
    json.value(std::string_view(inbound ? inbound_id_text(message) : message_id_text(message)));
  }
  json.member("status", name_of(kStates, rows.i16(row, 4)))
      .member("attempts", static_cast<int64_t>(rows.i16(row, 5)))
      .key("last_status");
  rows.is_null(row, 6) ? json.null() : json.value(static_cast<int64_t>(rows.i16(row, 6)));
  json.member("last_error", rows.maybe_text(row, 7)).member("last_answer", rows.maybe_text(row, 8));
  write_time(json, "last_attempt_at", rows.maybe_instant(row, 9), format_z);
  json.key("last_ms");
  rows.is_null(row, 10) ? json.null() : json.value(static_cast<int64_t>(rows.i32(row, 10)));
  write_time(json, "next_attempt_at", rows.maybe_instant(row, 11), format_z);
  json.member("created_at", format_z(created_at(id)));
}

}  // namespace dundun
