#include "common/web/message_json.h"

#include "common/sms/status.h"
#include "sql/messages.h"

namespace dundun {

std::string_view cut_text(std::string_view utf8, size_t characters) {
  size_t at = 0;
  while (at < utf8.size()) {
    const bool starts = (static_cast<unsigned char>(utf8[at]) & 0xc0) != 0x80;
    if (starts && characters-- == 0) break;
    ++at;
  }
  return utf8.substr(0, at);
}

void write_time(JsonWriter& json, std::string_view name, std::optional<Instant> at,
                std::string (*format)(Instant)) {
  at ? json.member(name, std::string_view(format(*at))) : json.member_null(name);
}

void write_message(JsonWriter& json, const PgRows& rows, int row, size_t text_max) {
  constexpr auto& col = sql::messages_page;
  static_assert(begins_with_columns(sql::messages_page_of_phone, col));
  static_assert(begins_with_columns(sql::messages_page_of_batch, col));
  static_assert(begins_with_columns(sql::messages_page_failed, col));
  static_assert(begins_with_columns(sql::messages_newest, col));
  static_assert(begins_with_columns(sql::messages_by_ids, col));
  static_assert(begins_with_columns(sql::message_by_id, col));
  const Uuid id = rows.uuid(row, col.message_id);
  json.member("id", message_id_text(id))
      .member("phone", rows.text(row, col.phone))
      .member("text", cut_text(rows.text(row, col.body), text_max))
      .member("sender_id", rows.text(row, col.sender))
      .member("route", rows.text(row, col.route))
      .member("country", rows.text(row, col.country))
      .member("segments", static_cast<int64_t>(rows.i16(row, col.segments)))
      .member_money("cost", rows.i64(row, col.route_cost_micros))
      .member("currency", rows.text(row, col.route_currency))
      .member_money("wallet_cost", rows.i64(row, col.cost_micros))
      .member("wallet_currency", rows.text(row, col.cost_currency))
      .member("status", status_name(MessageStatus(rows.i16(row, col.status))))
      .member("error_code", rows.maybe_text(row, col.error_code))
      .member("retry_count", static_cast<int64_t>(rows.i16(row, col.retry_count)))
      .member("created_at", format_z(created_at(id)));
  write_time(json, "delivered_at", rows.maybe_instant(row, col.delivered_at), format_z);
}

}  // namespace dundun
