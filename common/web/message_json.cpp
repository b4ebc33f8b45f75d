#include "common/web/message_json.h"

#include "common/sms/status.h"

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
  const Uuid id = rows.uuid(row, 0);
  json.member("id", message_id_text(id))
      .member("phone", rows.text(row, 1))
      .member("text", cut_text(rows.text(row, 2), text_max))
      .member("sender_id", rows.text(row, 3))
      .member("route", rows.text(row, 4))
      .member("country", rows.text(row, 5))
      .member("segments", static_cast<int64_t>(rows.i16(row, 6)))
      .member_money("cost", rows.i64(row, 7))
      .member("currency", rows.text(row, 8))
      .member_money("wallet_cost", rows.i64(row, 9))
      .member("wallet_currency", rows.text(row, 10))
      .member("status", status_name(MessageStatus(rows.i16(row, 11))))
      .member("error_code", rows.maybe_text(row, 12))
      .member("retry_count", static_cast<int64_t>(rows.i16(row, 13)))
      .member("created_at", format_z(created_at(id)));
  write_time(json, "delivered_at", rows.maybe_instant(row, 14), format_z);
}

}  // namespace dundun
