#include "common/web/audit_json.h"

#include <limits>

#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/web/paging.h"
#include "sql/audit.h"

namespace dundun {

Result<Response> audit_log_page(Context& context, int64_t account_id) {
  constexpr int64_t kLast = std::numeric_limits<int64_t>::max();
  const std::optional<int64_t> after = TRY(query_integer(context.request, "after", 1, kLast));
  const Paging paging = TRY(parse_paging(context.request));
  const PgRows rows = TRY(
      context.services.pg.query(sql::audit_page, account_id, after.value_or(kLast), paging.limit));
  JsonWriter json;
  json.begin_object().key("entries").begin_array();
  for (int row = 0; row < rows.size(); ++row) {
    json.begin_object()
        .member("id", rows.i64(row, 0))
        .member("at", format_z(rows.instant(row, 1)))
        .member("actor_kind", rows.text(row, 2))
        .member("actor_id", rows.i64(row, 3))
        .member("actor", rows.text(row, 4))
        .member("address", rows.text(row, 5))
        .member("action", rows.text(row, 6))
        .member("subject", rows.text(row, 7))
        .key("detail")
        .raw(rows.text(row, 8))
        .end_object();
  }
  json.end_array().member("limit", paging.limit).end_object();
  return Response::json(json.take());
}

}  // namespace dundun
