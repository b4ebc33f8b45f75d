// GET /verify/{id}: the state; costs no attempt.
#include "common/io/pg.h"
#include "handlers/verify/routes.h"
#include "handlers/verify/verification_json.h"
#include "sql/verify.h"

namespace dundun {

Task<Response> get_verification(Context& context) {
  const std::optional<Uuid> id = parse_verification_id(context.request.parameters.at(0));
  if (!id) co_return fail(ErrorCode::kNotFound, "Verification not found");
  const PgRows rows =
      co_await context.app.pg.query(sql::verification_by_id, context.caller.account_id,
                                    static_cast<int16_t>(context.caller.environment), *id);
  if (rows.size() == 0) co_return fail(ErrorCode::kNotFound, "Verification not found");
  JsonWriter json;
  write_verification(json, rows, 0);
  co_return Response::json(json.take());
}

}  // namespace dundun
