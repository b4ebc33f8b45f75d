// GET /verify/{id}: the state; costs no attempt.
#include "common/io/pg.h"
#include "handlers/verify/endpoints.h"
#include "handlers/verify/verification_json.h"
#include "sql/verify.h"

namespace dundun {

Result<Response> get_verification(Context& context) {
  const std::optional<Uuid> id = parse_verification_id(context.request.parameters.at(0));
  if (!id) return fail(ErrorCode::kNotFound, "Verification not found");
  const PgRows rows = TRY(context.services.pg.query(
      sql::verification_by_id, context.caller.account_id, context.caller.environment, *id));
  if (rows.size() == 0) return fail(ErrorCode::kNotFound, "Verification not found");
  JsonWriter json;
  write_verification(json, rows, 0);
  return Response::json(json.take());
}

}  // namespace dundun
