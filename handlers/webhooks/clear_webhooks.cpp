// DELETE /webhooks (ours): no URLs any more; what still waits for them is given up. The secret
// stays.
#include "common/io/pg.h"
#include "common/web/audited_change.h"
#include "handlers/webhooks/endpoints.h"
#include "sql/webhooks.h"

namespace dundun {

Result<Response> clear_webhooks(Context& context) {
  const int64_t account = context.caller.account_id;
  AuditedChange change = TRY(AuditedChange::begin(context));
  (void)TRY(change.run(sql::webhook_account_clear, account));
  TRY(change.record({.account_id = account, .action = "webhooks.removed", .subject = "webhooks"}));
  TRY(change.commit(AuditedChange::Effect::kNone));
  return Response::json(R"({"status":"deleted"})");
}

}  // namespace dundun
