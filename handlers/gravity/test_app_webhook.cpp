// POST /v1/apps/{appId}/test-webhook: an example to the app's webhook, once.
#include "common/io/pg.h"
#include "common/web/audited_change.h"
#include "common/webhooks/endpoints.h"
#include "handlers/gravity/app_json.h"
#include "handlers/gravity/endpoints.h"
#include "sql/gravity.h"

namespace dundun {
namespace {

std::string example(const GravityApp& app) {
  JsonWriter json;
  json.begin_object()
      .member("type", "sms_inbound")
      .member("messageId", "msg_00000000000070008000000000000000")
      .member("from", "+15550100001")
      .member("to", "+15550100002")
      .member("body", "An example")
      .member_null("rcMessageId")
      .member("tenantId", app.tenant_id)
      .member("timestamp", format_z_ms(now()))
      .member("test", true)
      .end_object();
  return json.take();
}

Result<Response> queue_example(Context& context, const GravityApp& app) {
  AuditedChange change = TRY(AuditedChange::begin(context));
  if (auto earlier = TRY(change.earlier_answer())) return *std::move(earlier);
  const PgRows rows = TRY(change.run(sql::gravity_app_webhook, app.account_id, app.app_id));
  std::optional<Uuid> id;
  if (rows.size() == 1) {
    const Uuid endpoint = rows.uuid(0, sql::gravity_app_webhook.endpoint_id);
    id = TRY(queue_test_delivery(change.connection(), app.account_id, endpoint, "sms_inbound",
                                 example(app)));
  }
  if (!id) return fail(ErrorCode::kInvalidRequest, "No webhookUrl configured");
  JsonWriter json;
  json.begin_object().member("ok", true).member("deliveryId", event_id_text(*id)).end_object();
  return change.commit(AuditedChange::Effect::kNone, Response::json(json.take()));
}

}  // namespace

Result<Response> test_app_webhook(Context& context) {
  const GravityApp app = TRY(find_app_to_change(context));
  return queue_example(context, app);
}

}  // namespace dundun
