#include "handlers/gravity/sms_json.h"

#include <algorithm>

#include "common/base/time.h"
#include "common/sms/msisdn.h"
#include "sql/gravity.h"

namespace dundun {

std::string gravity_message_id(const Uuid& id) { return "msg_" + to_hex(id); }

std::string_view gravity_status(MessageStatus status) {
  switch (status) {
    case MessageStatus::kScheduled:
    case MessageStatus::kQueued:
    case MessageStatus::kRetrying:
      return "queued";
    case MessageStatus::kSubmitted:
      return "sending";
    case MessageStatus::kSent:
      return "sent";
    case MessageStatus::kDelivered:
      return "delivered";
    case MessageStatus::kFailed:
    case MessageStatus::kCancelled:
    case MessageStatus::kExpired:
      return "failed";
  }
  return "failed";
}

std::vector<MessageStatus> statuses_behind(std::string_view name) {
  std::vector<MessageStatus> statuses;
  for (int16_t number = 1; number <= 9; ++number) {
    const auto status = MessageStatus(number);
    if (gravity_status(status) == name) statuses.push_back(status);
  }
  return statuses;
}

std::optional<std::string> gravity_number(std::string_view written) {
  constexpr size_t kDigitsMin = 9;
  std::optional<std::string> number = number_to_find(written);
  if (!number || number->size() <= kDigitsMin || number->starts_with("+0")) return std::nullopt;
  return number;
}

void write_sms(JsonWriter& json, const PgRows& rows, int row) {
  constexpr auto& col = sql::gravity_message;
  static_assert(begins_with_columns(sql::gravity_messages, col));
  const Uuid id = rows.uuid(row, col.message_id);
  const bool inbound = rows.boolean(row, col.is_inbound);
  const std::string_view status =
      inbound ? kReceived : gravity_status(MessageStatus(rows.i16(row, col.status)));
  const std::string made = format_z_ms(created_at(id));
  const std::optional<Instant> updated = rows.maybe_instant(row, col.updated_at);
  json.begin_object()
      .member("messageId", gravity_message_id(id))
      .member("direction", inbound ? "inbound" : "outbound")
      .member("status", status)
      .member("rcMessageId", rows.maybe_text(row, col.carrier_message_id))
      .member("error", rows.maybe_text(row, col.error_message))
      .member("to", rows.text(row, col.phone))
      .member("from", rows.text(row, col.sender))
      .member("body", rows.text(row, col.body))
      .member("createdAt", made)
      .member("updatedAt",
              std::string_view(updated ? format_z_ms(std::max(*updated, created_at(id))) : made))
      .end_object();
}

}  // namespace dundun
