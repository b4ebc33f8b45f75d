// DELETE /triggers/sms-received/subscribe/{id}.
#include "common/io/pg.h"
#include "handlers/webhooks/endpoints.h"
#include "sql/webhooks.h"

namespace dundun {

Result<Response> unsubscribe_trigger(Context& context) {
  const std::optional<Uuid> id = parse_uuid(context.request.parameters.at(0));
  if (!id) return fail(ErrorCode::kNotFound, "Subscription not found");
  const PgRows gone =
      TRY(context.services.pg.query(sql::webhook_unsubscribe, context.caller.account_id, *id));
  if (gone.affected() == 0) return fail(ErrorCode::kNotFound, "Subscription not found");
  return Response::json(R"({"ok":true})");
}

}  // namespace dundun
