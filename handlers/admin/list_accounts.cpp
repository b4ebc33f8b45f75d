// GET /admin/accounts (`q`, `after`, `limit`), GET /admin/accounts/{id}.
#include <limits>

#include "common/io/pg.h"
#include "common/web/paging.h"
#include "handlers/admin/account_row.h"
#include "handlers/admin/endpoints.h"
#include "sql/admin.h"

namespace dundun {

Result<Response> list_accounts(Context& context) {
  const Paging paging = TRY(parse_paging(context.request));
  const std::optional<int64_t> after =
      TRY(query_integer(context.request, "after", 0, std::numeric_limits<int64_t>::max()));
  const auto q = context.request.query_value("q");
  std::optional<std::string> part;
  if (q && !q->empty()) part = *q;
  const PgRows rows =
      TRY(context.services.pg.query(sql::admin_accounts, part, after.value_or(0), paging.limit));
  JsonWriter json;
  json.begin_object().key("accounts").begin_array();
  for (int row = 0; row < rows.size(); ++row) write_account(json, rows, row);
  json.end_array().member("limit", paging.limit).end_object();
  return Response::json(json.take());
}

Result<Response> get_account(Context& context) {
  const int64_t account = TRY(path_account(context));
  return account_answer(context, account);
}

}  // namespace dundun
