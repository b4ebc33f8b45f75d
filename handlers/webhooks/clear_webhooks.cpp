// DELETE /webhooks (ours): no URLs any more; what still waits for them is given up. The secret
// stays.
#include "common/io/pg.h"
#include "handlers/webhooks/endpoints.h"
#include "sql/webhooks.h"

namespace dundun {

Result<Response> clear_webhooks(Context& context) {
  const PgRows cleared =
      TRY(context.services.pg.query(sql::webhook_account_clear, context.caller.account_id));
  return Response::json(R"({"status":"deleted"})");
}

}  // namespace dundun
