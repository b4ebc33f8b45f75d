// GET /admin/accounts/{id}/messages/{message}/carriers: who took a message, and why not the others.
#include "common/carrier/explanation.h"
#include "common/io/pg.h"
#include "handlers/admin/account_row.h"
#include "handlers/admin/endpoints.h"

namespace dundun {

Result<Response> message_carriers(Context& context) {
  const int64_t account = TRY(path_account(context));
  const std::optional<Uuid> id = parse_message_id(context.request.parameters.at(1));
  if (!id) return fail(ErrorCode::kNotFound, "Message not found");
  JsonWriter json;
  json.begin_object().member("id", message_id_text(*id));
  TRY(write_carriers(json, context.services.pg, account, *id, CarrierSight::kOperator));
  return Response::json(json.end_object().take());
}

}  // namespace dundun
