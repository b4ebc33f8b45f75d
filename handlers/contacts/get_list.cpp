// GET /contact-lists/{id}.
#include "common/io/pg.h"
#include "common/web/paging.h"
#include "handlers/contacts/list_json.h"
#include "handlers/contacts/routes.h"
#include "sql/contacts.h"

namespace dundun {

Task<Response> get_list(Context& context) {
  const std::optional<int64_t> id = parse_id(context.request.parameters.at(0));
  if (!id) co_return fail(ErrorCode::kNotFound, "Contact list not found");
  const PgRows rows =
      co_await context.app.pg.query(sql::contact_list_by_id, context.caller.account_id, *id);
  if (rows.size() == 0) co_return fail(ErrorCode::kNotFound, "Contact list not found");
  JsonWriter json;
  write_list(json, rows, 0);
  co_return Response::json(json.take());
}

}  // namespace dundun
