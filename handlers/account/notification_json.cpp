#include "handlers/account/notification_json.h"

namespace dundun {

void write_notification(JsonWriter& json, const PgRows& rows, int row) {
  json.begin_object()
      .member("id", rows.i64(row, 0))
      .member("notification_type", rows.text(row, 1))
      .member("title", rows.text(row, 2))
      .member("body", rows.text(row, 3))
      .member("link", rows.text(row, 4))
      .member("read", !rows.is_null(row, 6))
      .member("created_at", format_z(rows.instant(row, 5)));
  const std::optional<Instant> read_at = rows.maybe_instant(row, 6);
  json.key("read_at");
  if (read_at) {
    json.value(std::string_view(format_z(*read_at)));
  } else {
    json.null();
  }
  json.end_object();
}

}  // namespace dundun
