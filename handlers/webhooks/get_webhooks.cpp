// GET /webhooks. The secret is shown whole, to keys with scope webhooks.
#include "common/base/config.h"
#include "common/io/pg.h"
#include "handlers/webhooks/endpoints.h"
#include "handlers/webhooks/webhook_json.h"

namespace dundun {

Result<Response> get_webhooks(Context& context) {
  const AccountWebhooks webhooks = TRY(
      account_webhooks(context.services.pg, context.services.config, context.caller.account_id));
  JsonWriter json;
  json.begin_object();
  write_webhooks(json, webhooks);
  json.end_object();
  return Response::json(json.take());
}

}  // namespace dundun
