// GET /contact-lists.
#include <limits>

#include "common/io/pg.h"
#include "common/web/paging.h"
#include "handlers/contacts/endpoints.h"
#include "handlers/contacts/list_json.h"
#include "sql/contacts.h"

namespace dundun {

Result<Response> list_lists(Context& context) {
  const Paging paging = TRY(parse_paging(context.request));
  const std::optional<int64_t> after =
      TRY(query_integer(context.request, "after", 1, std::numeric_limits<int64_t>::max()));
  const auto tag = context.request.query_value("tag");
  const std::optional<std::string> wanted =
      tag && !tag->empty() ? std::optional<std::string>(*tag) : std::nullopt;
  const int64_t account = context.caller.account_id;
  const int64_t offset = after ? 0 : paging.offset();
  const PgRows total = TRY(context.services.pg.query(sql::contact_lists_count, account, wanted,
                                                     context.caller.environment));
  const PgRows rows =
      TRY(context.services.pg.query(sql::contact_lists_page, account, wanted, paging.limit, offset,
                                    after, context.caller.environment));
  JsonWriter json;
  json.begin_object().key("lists").begin_array();
  for (int row = 0; row < rows.size(); ++row) write_list(json, rows, row);
  json.end_array().member("total", total.i64(0, 0)).end_object();
  return Response::json(json.take());
}

}  // namespace dundun
