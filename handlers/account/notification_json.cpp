#include "handlers/account/notification_json.h"

#include "sql/notifications.h"

namespace dundun {

void write_notification(JsonWriter& json, const PgRows& rows, int row) {
  constexpr auto& col = sql::notifications_page;
  static_assert(begins_with_columns(sql::notification_read, col));
  json.begin_object()
      .member("id", rows.i64(row, col.notification_id))
      .member("notification_type", rows.text(row, col.type))
      .member("title", rows.text(row, col.title))
      .member("body", rows.text(row, col.body))
      .member("link", rows.text(row, col.link))
      .member("read", !rows.is_null(row, col.read_at))
      .member("created_at", format_z(rows.instant(row, col.created_at)));
  const std::optional<Instant> read_at = rows.maybe_instant(row, col.read_at);
  json.key("read_at");
  if (read_at) {
    json.value(std::string_view(format_z(*read_at)));
  } else {
    json.null();
  }
  json.end_object();
}

}  // namespace dundun
