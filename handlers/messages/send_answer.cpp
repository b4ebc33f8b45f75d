#include "handlers/messages/send_answer.h"

#include "common/io/json.h"
#include "sql/send.h"

namespace dundun {

std::string send_answer_json(const SendAnswer& answer) {
  JsonWriter json;
  json.begin_object()
      .member("id", message_id_text(answer.message_id))
      .member("status", status_name(answer.status))
      .member("segments", answer.segments)
      .member("encoding", encoding_name(answer.encoding))
      .member_money("cost", answer.cost_micros)
      .member("cost_currency", answer.cost_currency)
      .member_money("route_cost", answer.route_cost_micros)
      .member("route_currency", answer.route_currency)
      .member("route", answer.route)
      .member_money("balance_after", answer.balance_after_micros);
  if (answer.scheduled_at) {
    json.member("scheduled_at", format_offset(*answer.scheduled_at));
  } else {
    json.member_null("scheduled_at");
  }
  if (!answer.error_message.empty()) {
    json.member("error_message", answer.error_message);
  }
  return json.end_object().take();
}

SendAnswer send_answer_of_row(const PgRows& rows, const CommitResult& result) {
  constexpr auto& col = sql::message_send_answer;
  SendAnswer answer{};
  answer.message_id = result.message_id;
  answer.status = MessageStatus(rows.i16(0, col.status));
  // The first answer never waits for a receipt: whatever came since, it would have been these.
  if (answer.status == MessageStatus::kSent || answer.status == MessageStatus::kDelivered) {
    answer.status = MessageStatus::kSubmitted;
  }
  // Clients of a send know `queued` for what is tried again.
  if (answer.status == MessageStatus::kRetrying) answer.status = MessageStatus::kQueued;
  answer.segments = rows.i16(0, col.segments);
  answer.encoding = Encoding(rows.i16(0, col.encoding));
  answer.cost_micros = rows.i64(0, col.cost_micros);
  answer.cost_currency = rows.text(0, col.cost_currency);
  answer.route_cost_micros = rows.i64(0, col.route_cost_micros);
  answer.route_currency = rows.text(0, col.route_currency);
  answer.route = rows.text(0, col.route);
  answer.balance_after_micros = result.balance_micros;
  answer.scheduled_at = rows.maybe_instant(0, col.scheduled_at);
  answer.error_message = rows.maybe_text(0, col.error_message).value_or("");
  return answer;
}

}  // namespace dundun
