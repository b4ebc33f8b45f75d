#include "common/web/audit_json.h"

#include <limits>

#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/web/paging.h"
#include "sql/audit.h"

namespace dundun {

Result<Response> audit_log_page(Context& context, int64_t account_id) {
  constexpr auto& col = sql::audit_page;
  constexpr int64_t kLast = std::numeric_limits<int64_t>::max();
  const std::optional<int64_t> after = TRY(query_integer(context.request, "after", 1, kLast));
  const Paging paging = TRY(parse_paging(context.request));
  const PgRows rows = TRY(
      context.services.pg.query(sql::audit_page, account_id, after.value_or(kLast), paging.limit));
  JsonWriter json;
  json.begin_object().key("entries").begin_array();
  for (int row = 0; row < rows.size(); ++row) {
    json.begin_object()
        .member("id", rows.i64(row, col.audit_id))
        .member("at", format_z(rows.instant(row, col.at)))
        .member("actor_kind", rows.text(row, col.actor_kind))
        .member("actor_id", rows.i64(row, col.actor_id))
        .member("actor", rows.text(row, col.actor))
        .member("address", rows.text(row, col.address))
        .member("action", rows.text(row, col.action))
        .member("subject", rows.text(row, col.subject))
        .key("detail")
        .raw(rows.text(row, col.detail))
        .end_object();
  }
  json.end_array().member("limit", paging.limit).end_object();
  return Response::json(json.take());
}

}  // namespace dundun
