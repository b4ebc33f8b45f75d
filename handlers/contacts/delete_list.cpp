// DELETE /contact-lists/{id}. A campaign under way keeps its contacts.
#include "common/io/pg.h"
#include "common/web/audited_change.h"
#include "common/web/paging.h"
#include "handlers/contacts/endpoints.h"
#include "handlers/contacts/list_json.h"
#include "sql/contacts.h"

namespace dundun {

Result<Response> delete_list(Context& context) {
  const std::optional<int64_t> id = parse_id(context.request.parameters.at(0));
  if (!id) return fail(ErrorCode::kNotFound, "Contact list not found");
  const int64_t account = context.caller.account_id;
  AuditedChange change = TRY(AuditedChange::begin(context));
  const PgRows rows =
      TRY(change.run(sql::delete_contact_list, account, *id, context.caller.environment));
  if (rows.size() == 0) return fail(ErrorCode::kNotFound, "Contact list not found");
  TRY(change.record({.account_id = account,
                     .action = "contact_list.deleted",
                     .subject = "contact_list " + std::to_string(*id)}));
  TRY(change.commit(AuditedChange::Effect::kNone));
  return Response{.status = 204, .body = {}, .headers = {}};
}

}  // namespace dundun
