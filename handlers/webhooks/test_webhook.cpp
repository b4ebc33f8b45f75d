// POST /webhooks/test (ours): sends an example to dlr_url or mo_url, once; the log says what became
// of it.
#include "common/base/config.h"
#include "common/base/time.h"
#include "common/io/pg.h"
#include "common/web/audited_change.h"
#include "handlers/webhooks/endpoints.h"
#include "handlers/webhooks/webhook_json.h"

namespace dundun {
namespace {

constexpr const char* kReceiptEvent = "message.delivered";
constexpr const char* kInboundName = "message.inbound";

// {"type": "dlr"} or {"type": "mo"}; no body means dlr.
Result<bool> wants_inbound(const Request& request) {
  if (request.body.empty()) return false;
  const JsonDocument document = TRY(JsonDocument::parse(request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  const std::optional<std::string> type = TRY(object.optional_string("type"));
  if (!type || *type == "dlr") return false;
  if (*type == "mo") return true;
  return invalid_field("type", "one of dlr, mo", "value_error.const");
}

std::string receipt_example(const std::string& at) {
  JsonWriter json;
  json.begin_object()
      .member("event", kReceiptEvent)
      .member("message_id", "msg-00000000-0000-7000-8000-000000000000")
      .member("status", "delivered")
      .member("phone", "+254700000000")
      .member("sender_id", "Example")
      .member("segments", 1)
      .member_money("cost", 1'200'000)
      .member_null("error_code")
      .member("retry_count", 0)
      .member("delivered_at", at)
      .member_null("failed_at")
      .member("currency", "KES")
      .member_money("wallet_cost", 1'200'000)
      .member("wallet_currency", "KES")
      .member_null("carrier_error_code")
      .member("sequence", 3)
      .member("test", true)
      .end_object();
  return json.take();
}

std::string inbound_example(const std::string& at) {
  JsonWriter json;
  json.begin_object()
      .member("event", kInboundName)
      .member("message_id", "mo_00000000000070008000000000000000")
      .member("from", "+254700000000")
      .member("to", "22334")
      .member("text", "An example")
      .member_null("keyword")
      .member_null("opt_out")
      .member("received_at", at)
      .member_null("two_way")
      .member("test", true)
      .end_object();
  return json.take();
}

Result<Response> queue_example(Context& context, const AccountWebhooks& webhooks, bool inbound) {
  AuditedChange change = TRY(AuditedChange::begin(context));
  if (auto earlier = TRY(change.earlier_answer())) return *std::move(earlier);
  const Uuid& endpoint = inbound ? webhooks.inbound.endpoint_id : webhooks.receipts.endpoint_id;
  const std::string at = format_z(now());
  const std::string event = inbound ? kInboundName : kReceiptEvent;
  const std::string body = inbound ? inbound_example(at) : receipt_example(at);
  const std::optional<Uuid> id = TRY(
      queue_test_delivery(change.connection(), context.caller.account_id, endpoint, event, body));
  if (!id) {
    return fail(ErrorCode::kNoWebhook, inbound ? "mo_url is not set, or switched off."
                                               : "dlr_url is not set, or switched off.");
  }
  const std::string name = event_id_text(*id);
  JsonWriter json;
  json.begin_object().member("id", name).member("status", "pending").end_object();
  return change.commit(AuditedChange::Effect::kNone, Response::json(json.take(), 202));
}

}  // namespace

Result<Response> test_webhook(Context& context) {
  const bool inbound = TRY(wants_inbound(context.request));
  const int64_t account = context.caller.account_id;
  const AccountWebhooks webhooks =
      TRY(account_webhooks(context.services.pg, context.services.config, account));
  return queue_example(context, webhooks, inbound);
}

}  // namespace dundun
