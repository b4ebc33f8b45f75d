// GET /contact-lists/{id}.
#include "common/io/pg.h"
#include "common/web/paging.h"
#include "handlers/contacts/endpoints.h"
#include "handlers/contacts/list_json.h"
#include "sql/contacts.h"

namespace dundun {

Result<Response> get_list(Context& context) {
  const std::optional<int64_t> id = parse_id(context.request.parameters.at(0));
  if (!id) return fail(ErrorCode::kNotFound, "Contact list not found");
  const PgRows rows = TRY(context.services.pg.query(
      sql::contact_list_by_id, context.caller.account_id, *id, context.caller.environment));
  if (rows.size() == 0) return fail(ErrorCode::kNotFound, "Contact list not found");
  JsonWriter json;
  write_list(json, rows, 0);
  return Response::json(json.take());
}

}  // namespace dundun
