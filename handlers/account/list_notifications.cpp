// GET /notifications and GET /notifications/unread-count, newest first.
#include <limits>

#include "common/io/pg.h"
#include "common/web/paging.h"
#include "handlers/account/endpoints.h"
#include "handlers/account/notification_json.h"
#include "sql/notifications.h"

namespace dundun {
namespace {

constexpr int64_t kNewest = std::numeric_limits<int64_t>::max();

Result<bool> only_unread(const Request& request) {
  const std::string_view text = request.query_value("unread").value_or("");
  if (text.empty() || text == "false") return false;
  if (text == "true") return true;
  return invalid_query("unread", "must be true or false");
}

}  // namespace

Result<Response> list_notifications(Context& context) {
  const Paging paging = TRY(parse_paging(context.request));
  const std::optional<int64_t> after = TRY(query_integer(context.request, "after", 1, kNewest));
  const bool unread = TRY(only_unread(context.request));
  const int64_t account = context.caller.account_id;
  const auto environment = context.caller.environment;
  PgPool& pg = context.services.pg;
  const int64_t offset = after ? 0 : paging.offset();
  const PgRows counts = TRY(pg.query(sql::notifications_count, account, environment));
  const PgRows rows = TRY(pg.query(sql::notifications_page, account, environment,
                                   after.value_or(kNewest), unread, paging.limit, offset));
  JsonWriter json;
  json.begin_object().key("notifications").begin_array();
  for (int row = 0; row < rows.size(); ++row) write_notification(json, rows, row);
  json.end_array()
      .member("total", counts.i64(0, unread ? 1 : 0))
      .member("unread_count", counts.i64(0, sql::notifications_count.unread))
      .member("page", paging.page)
      .member("limit", paging.limit)
      .end_object();
  return Response::json(json.take());
}

Result<Response> unread_count(Context& context) {
  const PgRows counts = TRY(context.services.pg.query(
      sql::notifications_unread, context.caller.account_id, context.caller.environment));
  JsonWriter json;
  json.begin_object().member("unread_count", counts.i64(0, 0)).end_object();
  return Response::json(json.take());
}

}  // namespace dundun
