// DELETE /triggers/sms-received/subscribe/{id}.
#include "common/io/pg.h"
#include "handlers/webhooks/routes.h"
#include "sql/webhooks.h"

namespace dundun {

Task<Response> unsubscribe_trigger(Context& context) {
  const std::optional<Uuid> id = parse_uuid(context.request.parameters.at(0));
  if (!id) co_return fail(ErrorCode::kNotFound, "Subscription not found");
  const PgRows gone =
      co_await context.app.pg.query(sql::webhook_unsubscribe, context.caller.account_id, *id);
  if (gone.affected() == 0) co_return fail(ErrorCode::kNotFound, "Subscription not found");
  co_return Response::json(R"({"ok":true})");
}

}  // namespace dundun
