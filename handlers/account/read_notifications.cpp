// POST /notifications/{id}/read and POST /notifications/read-all.
#include "common/io/pg.h"
#include "common/web/paging.h"
#include "handlers/account/endpoints.h"
#include "handlers/account/notification_json.h"
#include "sql/notifications.h"

namespace dundun {
Result<Response> read_notification(Context& context) {
  const std::optional<int64_t> id = parse_id(context.request.parameters.at(0));
  if (!id) return fail(ErrorCode::kNotFound, "Notification not found");
  const PgRows rows = TRY(context.services.pg.query(
      sql::notification_read, context.caller.account_id, context.caller.environment, *id));
  if (rows.size() == 0) return fail(ErrorCode::kNotFound, "Notification not found");
  JsonWriter json;
  write_notification(json, rows, 0);
  return Response::json(json.take());
}

Result<Response> read_all_notifications(Context& context) {
  const PgRows rows = TRY(context.services.pg.query(
      sql::notifications_read_all, context.caller.account_id, context.caller.environment));
  JsonWriter json;
  json.begin_object().member("read", rows.affected()).member("unread_count", 0).end_object();
  return Response::json(json.take());
}

}  // namespace dundun
