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
  PgPool& pg = context.services.pg;
  const std::vector<PgRows> journey = TRY(pg.run_pipeline(journey_calls(account, *id)));
  if (journey.front().size() == 0) return fail(ErrorCode::kNotFound, "Message not found");
  const std::vector<PgRows> legs = TRY(pg.run_pipeline(leg_calls(account, journey)));
  JsonWriter json;
  json.begin_object().member("id", message_id_text(*id));
  write_carriers(json, journey, legs, *id, CarrierSight::kOperator);
  return Response::json(json.end_object().take());
}

}  // namespace dundun
