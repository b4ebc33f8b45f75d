// How we speak with a carrier. PUT /admin/carriers/{carrier}/settings (kind, settings): its
// description, checked whole before it is taken. POST /admin/carriers/{carrier}/check: what such a
// description, or the one in force, would send. Nothing is sent, and secrets are masked.
#include "common/base/config.h"
#include "common/carrier/carrier_file.h"
#include "common/carrier/http/connector.h"
#include "common/carrier/kannel/kannel.h"
#include "common/carrier/ringcentral/settings.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/web/audited_change.h"
#include "handlers/admin/endpoints.h"
#include "sql/admin.h"

namespace dundun {
namespace {

constexpr size_t kSettingsBytesMax = 64 << 10;

struct CarrierSettings {
  std::string carrier, kind;
  std::string settings;  // JSON
  CarrierSecrets secrets;
};

Error not_found() { return fail(ErrorCode::kNotFound, "Carrier not found"); }

// kind and settings of the body; empty ones where they are left out.
Result<CarrierSettings> parse_carrier_settings(const Context& context) {
  CarrierSettings parsed;
  parsed.carrier = context.request.parameters.at(0);
  if (!is_carrier_name(parsed.carrier)) return not_found();
  const std::string& body = context.request.body;
  const JsonDocument document = TRY(JsonDocument::parse(body.empty() ? "{}" : body));
  const JsonObject object = TRY(JsonObject::of(document));
  parsed.kind = TRY(object.optional_string("kind")).value_or("");
  if (const auto settings = document.root().find("settings"); settings && !settings->is_null()) {
    parsed.settings = to_json(*settings);
  }
  if (parsed.settings.size() > kSettingsBytesMax) {
    return invalid_field("settings", "too long", "value_error");
  }
  auto secrets = read_carrier_file(context.services.config.carrier_secrets_dir, parsed.carrier);
  if (!secrets) {
    return fail(ErrorCode::kInvalidRequest, "The carrier's file of secrets is not there: " +
                                                context.services.config.carrier_secrets_dir + "/" +
                                                parsed.carrier);
  }
  parsed.secrets = *std::move(secrets);
  return parsed;
}

// The description of an HTTP carrier; nullopt for another kind, whose settings are good too.
Result<std::optional<HttpDescription>> description_of(const CarrierSettings& given) {
  if (given.kind == "http") {
    HttpDescription description = TRY(read_http_description(given.settings, given.secrets));
    return std::optional<HttpDescription>(std::move(description));
  }
  if (given.kind == "kannel") {
    TRY(read_kannel_settings(given.settings, given.secrets));
  } else if (given.kind == "ringcentral") {
    TRY(read_ringcentral_settings(given.carrier, given.settings, given.secrets));
  } else {
    return invalid_field("kind", "choose http, kannel or ringcentral", "value_error.enum");
  }
  return std::optional<HttpDescription>();
}

Result<Response> store(Context& context, const CarrierSettings& given) {
  if (given.settings.empty()) {
    return invalid_field("settings", "field required", "value_error.missing");
  }
  TRY(description_of(given));
  AuditedChange change = TRY(AuditedChange::begin(context));
  TRY(change.run(sql::admin_carrier_settings, given.carrier, given.kind, given.settings));
  JsonWriter detail;
  detail.begin_object()
      .member("carrier", given.carrier)
      .member("kind", given.kind)
      .key("settings")
      .raw(given.settings)
      .end_object();
  const std::string shown = detail.take();
  TRY(change.record({0, "carrier.settings", "carrier " + given.carrier, shown}));
  TRY(change.commit(AuditedChange::Effect::kConfiguration));
  return Response::json(shown);
}

// A message as it might be, with what a template must not fall for.
Submission example() {
  Submission message{};
  message.account_id = 1;
  message.environment = Environment::kLive;
  message.message_id = *parse_uuid("01984f6e-6a10-7c11-9b52-31c6a6a0d9f4");
  message.phone = "+254700000000";
  message.sender = "SENDER";
  message.body = "A \"quoted\" text with {{to}} & more";
  message.encoding = Encoding::kGsm7;
  message.segments = 1;
  return message;
}

Response dry_run(const CarrierSettings& given, const std::optional<HttpDescription>& description) {
  JsonWriter json;
  json.begin_object().member("carrier", given.carrier).member("kind", given.kind);
  if (description) {
    const HttpCall call = http_call_for(*description, example(), HttpTemplate::Secrets::kMasked);
    json.member("deduplicates", description->deduplicates)
        .member("method", call.method)
        .member("url", call.url)
        .key("headers")
        .begin_array();
    for (const auto& [name, value] : call.headers) json.value(name + ": " + value);
    json.end_array().member("body", call.body);
  }
  json.end_object();
  return Response::json(json.take());
}

}  // namespace

Result<Response> set_carrier_settings(Context& context) {
  const CarrierSettings given = TRY(parse_carrier_settings(context));
  return store(context, given);
}

Result<Response> check_carrier(Context& context) {
  constexpr auto& col = sql::admin_carrier_settings_of;
  CarrierSettings given = TRY(parse_carrier_settings(context));
  if (given.settings.empty()) {
    const PgRows rows =
        TRY(context.services.pg.query(sql::admin_carrier_settings_of, given.carrier));
    if (rows.size() == 0 || rows.is_null(0, col.kind)) return not_found();
    given.kind = rows.text(0, col.kind);
    given.settings = rows.text(0, col.settings);
  }
  const std::optional<HttpDescription> description = TRY(description_of(given));
  return dry_run(given, description);
}

}  // namespace dundun
