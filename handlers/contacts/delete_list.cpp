// DELETE /contact-lists/{id}. A campaign under way keeps its contacts.
#include "common/io/pg.h"
#include "common/web/paging.h"
#include "handlers/contacts/endpoints.h"
#include "handlers/contacts/list_json.h"
#include "sql/contacts.h"

namespace dundun {

Result<Response> delete_list(Context& context) {
  const std::optional<int64_t> id = parse_id(context.request.parameters.at(0));
  if (!id) return fail(ErrorCode::kNotFound, "Contact list not found");
  const PgRows rows = TRY(context.services.pg.query(
      sql::delete_contact_list, context.caller.account_id, *id, context.caller.environment));
  if (rows.size() == 0) return fail(ErrorCode::kNotFound, "Contact list not found");
  return Response{.status = 204, .body = {}, .headers = {}};
}

}  // namespace dundun
