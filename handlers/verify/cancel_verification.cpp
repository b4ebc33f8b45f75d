// POST /verify/{id}/cancel. Canceling twice is canceling once.
#include "common/io/pg.h"
#include "handlers/verify/endpoints.h"
#include "handlers/verify/verification_json.h"
#include "sql/verify.h"

namespace dundun {

Result<Response> cancel_verification(Context& context) {
  const std::optional<Uuid> id = parse_verification_id(context.request.parameters.at(0));
  if (!id) return fail(ErrorCode::kNotFound, "Verification not found");
  const auto environment = context.caller.environment;
  const int64_t account = context.caller.account_id;
  TRY(context.services.pg.query(sql::verify_cancel, account, environment, *id));
  const PgRows rows =
      TRY(context.services.pg.query(sql::verification_by_id, account, environment, *id));
  if (rows.size() == 0) return fail(ErrorCode::kNotFound, "Verification not found");
  const auto status = VerifyStatus(rows.i16(0, sql::verification_by_id.status));
  if (status != VerifyStatus::kCanceled) {
    const std::string_view name =
        verification_status(status, rows.boolean(0, sql::verification_by_id.is_expired));
    return fail(ErrorCode::kInvalidState, "Verification is " + std::string(name) + ".");
  }
  JsonWriter json;
  write_verification(json, rows, 0);
  return Response::json(json.take());
}

}  // namespace dundun
