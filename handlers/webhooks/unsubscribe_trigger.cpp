// DELETE /triggers/sms-received/subscribe/{id}.
#include "common/io/pg.h"
#include "common/web/audited_change.h"
#include "handlers/webhooks/endpoints.h"
#include "sql/webhooks.h"

namespace dundun {

Result<Response> unsubscribe_trigger(Context& context) {
  const std::optional<Uuid> id = parse_uuid(context.request.parameters.at(0));
  if (!id) return fail(ErrorCode::kNotFound, "Subscription not found");
  const int64_t account = context.caller.account_id;
  AuditedChange change = TRY(AuditedChange::begin(context));
  const PgRows gone = TRY(change.run(sql::webhook_unsubscribe, account, *id));
  if (gone.affected() == 0) return fail(ErrorCode::kNotFound, "Subscription not found");
  TRY(change.record({.account_id = account,
                     .action = "trigger.unsubscribed",
                     .subject = "subscription " + to_string(*id)}));
  TRY(change.commit(AuditedChange::Effect::kNone));
  return Response::json(R"({"ok":true})");
}

}  // namespace dundun
