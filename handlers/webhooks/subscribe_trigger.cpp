// POST /triggers/sms-received/subscribe: calls a URL for each inbound message, perhaps only of one
// number.
#include "common/base/config.h"
#include "common/io/pg.h"
#include "common/sms/address.h"
#include "common/web/audited_change.h"
#include "handlers/webhooks/endpoints.h"
#include "handlers/webhooks/webhook_json.h"
#include "sql/webhooks.h"

namespace dundun {
namespace {

constexpr int64_t kSubscriptionsMax = 100;

struct Subscription {
  std::string url;
  std::optional<std::string> phone;
};

Result<Subscription> parse_subscription(const Request& request, const Config& config) {
  const JsonDocument document = TRY(JsonDocument::parse(request.body));
  if (!document.root().is_object()) return fail(ErrorCode::kInvalidRequest, "Body must be JSON");
  const std::optional<JsonValue> url = document.root().find("callbackUrl");
  if (!url || !url->is_string()) {
    return fail(ErrorCode::kInvalidRequest, "callbackUrl is required");
  }
  auto checked = check_webhook_url(config, url->string());
  if (!checked) {
    return fail(ErrorCode::kInvalidRequest, "Invalid callbackUrl: " + checked.error().message);
  }
  Subscription subscription{*std::move(checked), std::nullopt};
  const std::optional<JsonValue> phone = document.root().find("phoneNumber");
  // A form field that is left empty: all numbers.
  const bool all = !phone || phone->is_null() || (phone->is_string() && phone->string().empty());
  if (all) return subscription;
  const auto number =
      parse_address("phoneNumber", std::string(phone->is_string() ? phone->string() : ""));
  if (!number || number->text.find_first_not_of("+0123456789") != std::string::npos) {
    return fail(ErrorCode::kInvalidRequest, "Invalid phoneNumber");
  }
  subscription.phone = number->text;
  return subscription;
}

// By the body alone: a replayed answer is kept without its headers.
Response with_location(Response response) {
  auto document = JsonDocument::parse(response.body);
  const std::optional<JsonValue> id = document ? document->root().find("id") : std::nullopt;
  if (id && id->is_string()) {
    response.headers.emplace_back(
        "Location", "/v1/triggers/sms-received/subscribe/" + std::string(id->string()));
  }
  return response;
}

Result<Response> subscribe(Context& context, const Subscription& wanted) {
  const Uuid id = new_uuid7();
  AuditedChange change = TRY(AuditedChange::begin(context));
  if (auto earlier = TRY(change.earlier_answer())) return with_location(*std::move(earlier));
  const PgRows made = TRY(change.run(sql::webhook_subscribe, context.caller.account_id, id,
                                     wanted.url, wanted.phone, kSubscriptionsMax));
  if (made.size() == 0) return fail(ErrorCode::kInvalidRequest, "Too many subscriptions");
  TRY(change.record({.account_id = context.caller.account_id,
                     .action = "trigger.subscribed",
                     .subject = "subscription " + to_string(id)}));
  JsonWriter json;
  json.begin_object().member("id", to_string(id)).end_object();
  return with_location(
      TRY(change.commit(AuditedChange::Effect::kNone, Response::json(json.take(), 201))));
}

}  // namespace

Result<Response> subscribe_trigger(Context& context) {
  const Subscription wanted = TRY(parse_subscription(context.request, context.services.config));
  // Makes the account's secret, if there is none.
  const AccountWebhooks webhooks = TRY(
      account_webhooks(context.services.pg, context.services.config, context.caller.account_id));
  return subscribe(context, wanted);
}

}  // namespace dundun
