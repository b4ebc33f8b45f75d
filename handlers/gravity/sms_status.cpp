// GET /v1/sms/status/{messageId}.
#include "common/io/pg.h"
#include "handlers/gravity/endpoints.h"
#include "handlers/gravity/scope.h"
#include "handlers/gravity/sms_json.h"
#include "sql/gravity.h"

namespace dundun {

Result<Response> sms_status(Context& context) {
  const std::string& text = context.request.parameters.at(0);
  // What an earlier version called a text that came in: mo_….
  const std::optional<Uuid> id =
      text.starts_with("mo_") ? parse_inbound_id(text) : parse_message_id(text);
  if (!id) return fail(ErrorCode::kInvalidRequest, "Invalid messageId format");
  const PgParam accounts = TRY(visible_accounts(context));
  const std::optional<std::string> app = visible_app(context.caller);
  const PgRows rows = TRY(context.services.pg.query(sql::gravity_message, accounts,
                                                    context.caller.environment, *id, app));
  if (rows.size() == 0) return fail(ErrorCode::kNotFound, "Message not found");
  JsonWriter json;
  write_sms(json, rows, 0);
  return Response::json(json.take());
}

}  // namespace dundun
