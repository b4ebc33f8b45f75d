// PUT /webhooks: what is left out stays, null takes a URL away.
#include <algorithm>

#include "common/base/config.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/web/audited_change.h"
#include "handlers/webhooks/endpoints.h"
#include "handlers/webhooks/webhook_json.h"
#include "sql/webhooks.h"

namespace dundun {
namespace {

struct UrlChange {
  bool given = false;
  std::optional<std::string> url;
};

struct WebhookChange {
  UrlChange receipts, inbound;
  std::optional<bool> is_active;
  std::optional<int32_t> events;
};

Result<UrlChange> parse_url(const JsonDocument& document, const char* field, const Config& config) {
  const std::optional<JsonValue> value = document.root().find(field);
  if (!value) return UrlChange{};
  if (value->is_null()) return UrlChange{true, std::nullopt};
  if (!value->is_string()) return invalid_field(field, "str type expected", "type_error.str");
  auto url = check_webhook_url(config, value->string());
  if (!url) return invalid_field(field, url.error().message, "value_error.url");
  return UrlChange{true, *std::move(url)};
}

Result<std::optional<int32_t>> parse_events(const JsonDocument& document,
                                            const JsonObject& object) {
  const std::vector<JsonValue> names = TRY(object.optional_array("events"));
  const std::optional<JsonValue> value = document.root().find("events");
  if (!value || value->is_null()) return std::optional<int32_t>();
  int32_t events = 0;
  for (const JsonValue& name : names) {
    const std::optional<int32_t> event =
        name.is_string() ? parse_event(name.string()) : std::nullopt;
    if (!event) {
      return invalid_field("events", "each event is message. and a message status",
                           "value_error.event");
    }
    events |= *event;
  }
  return std::optional<int32_t>(events);
}

Result<WebhookChange> parse_change(const Request& request, const Config& config) {
  const JsonDocument document = TRY(JsonDocument::parse(request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  WebhookChange change;
  change.receipts = TRY(parse_url(document, "dlr_url", config));
  change.inbound = TRY(parse_url(document, "mo_url", config));
  change.is_active = TRY(object.optional_bool("is_active"));
  change.events = TRY(parse_events(document, object));
  return change;
}

// Of a URL; not the path, which may hold a secret.
std::string_view host_of(std::string_view url) {
  url.remove_prefix(std::min(url.find("://") + 3, url.size()));
  return url.substr(0, url.find_first_of("/?#"));
}

std::string detail_of(const WebhookChange& wanted) {
  JsonWriter json;
  json.begin_object();
  if (wanted.receipts.given) {
    json.member("dlr_host", wanted.receipts.url ? host_of(*wanted.receipts.url) : "");
  }
  if (wanted.inbound.given) {
    json.member("mo_host", wanted.inbound.url ? host_of(*wanted.inbound.url) : "");
  }
  if (wanted.is_active) json.member("is_active", *wanted.is_active);
  return json.end_object().take();
}

Status apply(Context& context, const WebhookChange& wanted) {
  const int64_t account = context.caller.account_id;
  AuditedChange change = TRY(AuditedChange::begin(context));
  (void)TRY(change.run(sql::webhook_account_change, account, wanted.receipts.given,
                       wanted.receipts.url, wanted.inbound.given, wanted.inbound.url,
                       wanted.is_active, wanted.events));
  TRY(change.record({.account_id = account,
                     .action = "webhooks.changed",
                     .subject = "webhooks",
                     .detail = detail_of(wanted)}));
  return change.commit(AuditedChange::Effect::kNone);
}

}  // namespace

Result<Response> change_webhooks(Context& context) {
  PgPool& pg = context.services.pg;
  const Config& config = context.services.config;
  const int64_t account = context.caller.account_id;
  const WebhookChange change = TRY(parse_change(context.request, config));
  // Makes the rows if there are none.
  const AccountWebhooks before = TRY(account_webhooks(pg, config, account));
  TRY(apply(context, change));
  const AccountWebhooks after = TRY(account_webhooks(pg, config, account));
  JsonWriter json;
  json.begin_object();
  write_webhooks(json, after);
  json.member("status", "updated").end_object();
  return Response::json(json.take());
}

}  // namespace dundun
