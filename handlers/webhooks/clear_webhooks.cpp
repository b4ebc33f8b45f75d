// DELETE /webhooks (ours): no URLs any more; what still waits for them is given up. The secret
// stays.
#include "common/io/pg.h"
#include "handlers/webhooks/routes.h"
#include "sql/webhooks.h"

namespace dundun {

Task<Response> clear_webhooks(Context& context) {
  const PgRows cleared =
      co_await context.app.pg.query(sql::webhook_account_clear, context.caller.account_id);
  co_return Response::json(R"({"status":"deleted"})");
}

}  // namespace dundun
