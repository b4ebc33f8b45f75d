// GET /admin/accounts (`q`, `after`, `limit`), GET /admin/accounts/{id}.
#include <limits>

#include "common/io/pg.h"
#include "common/web/paging.h"
#include "handlers/admin/account_row.h"
#include "handlers/admin/routes.h"
#include "sql/admin.h"

namespace dundun {

Task<Response> list_accounts(Context& context) {
  const Paging paging = co_await parse_paging(context.request);
  const std::optional<int64_t> after =
      co_await query_integer(context.request, "after", 0, std::numeric_limits<int64_t>::max());
  const auto q = context.request.query_value("q");
  std::optional<std::string> part;
  if (q && !q->empty()) part = *q;
  const PgRows rows =
      co_await context.app.pg.query(sql::admin_accounts, part, after.value_or(0), paging.limit);
  JsonWriter json;
  json.begin_object().key("accounts").begin_array();
  for (int row = 0; row < rows.size(); ++row) write_account(json, rows, row);
  json.end_array().member("limit", paging.limit).end_object();
  co_return Response::json(json.take());
}

Task<Response> get_account(Context& context) {
  const int64_t account = co_await path_account(context);
  co_return co_await account_answer(context, account);
}

}  // namespace dundun
