// GET and POST /admin/routes, PUT /admin/routes/{code}: which carrier serves a country, and how.
#include <algorithm>

#include "common/carrier/routing.h"
#include "common/io/pg.h"
#include "common/sending/snapshot.h"
#include "common/sms/country_name.h"
#include "common/sms/sender_id.h"
#include "common/web/audited_change.h"
#include "common/web/text_fields.h"
#include "handlers/admin/endpoints.h"
#include "sql/admin.h"

namespace dundun {
namespace {

constexpr size_t kRouteNameBytesMax = 100;
constexpr int64_t kInlineWaitMsMax = 10'000;

struct RouteSettings {
  std::optional<std::string> name, sender_default, connector, policy;
  std::optional<int32_t> inline_wait_ms;
  std::optional<bool> is_active;
};

struct NewRoute {
  std::string code, country, country_name, currency;
  Micros price_micros;
};

bool is_word(std::string_view text, size_t bytes_max) {
  return !text.empty() && text.size() <= bytes_max && std::ranges::all_of(text, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

Result<RouteSettings> parse_route_settings(const JsonObject& object) {
  RouteSettings settings;
  std::optional<std::string> name = TRY(object.optional_string("name"));
  if (name) settings.name = TRY(bounded_text("name", *std::move(name), kRouteNameBytesMax));
  settings.sender_default = TRY(object.optional_string("sender_id_default"));
  if (settings.sender_default && !is_valid_sender_name(*settings.sender_default)) {
    return invalid_field("sender_id_default", "1 to 11 letters, digits and inner spaces",
                         "value_error");
  }
  settings.connector = TRY(object.optional_string("connector"));
  if (settings.connector && !is_word(*settings.connector, 50)) {
    return invalid_field("connector", "the name of a connector", "value_error");
  }
  const std::optional<int64_t> wait = TRY(object.optional_integer("inline_wait_ms"));
  if (wait && (*wait < 0 || *wait > kInlineWaitMsMax)) {
    return invalid_field("inline_wait_ms", "0 to 10000", "value_error");
  }
  if (wait) settings.inline_wait_ms = static_cast<int32_t>(*wait);
  settings.is_active = TRY(object.optional_bool("is_active"));
  settings.policy = TRY(object.optional_string("policy"));
  if (settings.policy && !parse_leg_policy(*settings.policy)) {
    return invalid_field("policy", "priority or least_cost", "value_error");
  }
  return settings;
}

Result<NewRoute> parse_route(const JsonObject& object, const Snapshot& snapshot) {
  NewRoute route{};
  route.code = TRY(object.required_string("code"));
  if (!is_word(route.code, 30)) {
    return invalid_field("code", "up to 30 letters, digits, _ and -", "value_error");
  }
  route.country = TRY(object.required_string("country_code"));
  route.country_name = country_name(route.country);
  if (route.country.size() != 2 || route.country_name.empty()) {
    return invalid_field("country_code", "an ISO 3166 code of two capital letters", "value_error");
  }
  route.currency = TRY(object.required_string("currency"));
  if (!snapshot.fx_rate(route.currency)) {
    return invalid_field("currency", "a currency for which there is a rate", "value_error");
  }
  const std::optional<Micros> price = TRY(object.optional_money("price_per_segment"));
  if (!price || *price <= 0) {
    return invalid_field("price_per_segment", "an amount over 0", "value_error");
  }
  route.price_micros = *price;
  return route;
}

Result<Response> make_route(Context& context, const NewRoute& route,
                            const RouteSettings& settings) {
  AuditedChange change = TRY(AuditedChange::begin(context));
  if (auto earlier = TRY(change.earlier_answer())) return *std::move(earlier);
  (void)TRY(change.run(sql::admin_country_make, route.country, route.country_name));
  const PgRows made =
      TRY(change.run(sql::admin_route_make, route.code, settings.name.value_or(route.country_name),
                     route.country, route.currency, settings.sender_default.value_or("eSMSAfrica"),
                     settings.connector.value_or("loopback"),
                     settings.inline_wait_ms.value_or(1500), settings.policy.value_or("priority")));
  if (made.size() == 0) {
    return fail(ErrorCode::kAlreadyExists, "A route of this code exists.");
  }
  constexpr std::nullptr_t kNow = nullptr;
  (void)TRY(change.run(sql::admin_price_set, route.code, route.price_micros, kNow));
  TRY(change.record({0, "route.created", "route " + route.code, context.request.body}));
  JsonWriter json;
  json.begin_object().member("code", route.code).end_object();
  return change.commit(AuditedChange::Effect::kConfiguration, Response::json(json.take(), 201));
}

Result<Response> apply_route(Context& context, const RouteSettings& settings) {
  const std::string& code = context.request.parameters.at(0);
  AuditedChange change = TRY(AuditedChange::begin(context));
  const PgRows changed = TRY(
      change.run(sql::admin_route_change, code, settings.name, settings.sender_default,
                 settings.connector, settings.inline_wait_ms, settings.is_active, settings.policy));
  if (changed.size() == 0) return fail(ErrorCode::kNotFound, "Route not found");
  TRY(change.record({0, "route.changed", "route " + code, context.request.body}));
  TRY(change.commit(AuditedChange::Effect::kConfiguration));
  JsonWriter json;
  json.begin_object().member("code", code).end_object();
  return Response::json(json.take());
}

}  // namespace

Result<Response> list_all_routes(Context& context) {
  constexpr auto& col = sql::admin_routes;
  const PgRows rows = TRY(context.services.pg.query(sql::admin_routes));
  JsonWriter json;
  json.begin_object().key("routes").begin_array();
  for (int row = 0; row < rows.size(); ++row) {
    json.begin_object()
        .member("code", rows.text(row, col.code))
        .member("name", rows.text(row, col.name))
        .member("country_code", rows.text(row, col.country))
        .member("currency", rows.text(row, col.currency))
        .member("sender_id_default", rows.text(row, col.sender_default))
        .member("connector", rows.text(row, col.connector))
        .member("inline_wait_ms", rows.i64(row, col.inline_wait_ms))
        .member("is_active", rows.boolean(row, col.is_active))
        .member("policy", rows.text(row, col.policy))
        .key("price_per_segment");
    rows.is_null(row, col.price_micros) ? json.null() : json.money(rows.i64(row, col.price_micros));
    json.end_object();
  }
  json.end_array().end_object();
  return Response::json(json.take());
}

Result<Response> create_route(Context& context) {
  const JsonDocument document = TRY(JsonDocument::parse(context.request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  const NewRoute route = TRY(parse_route(object, context.snapshot));
  const RouteSettings settings = TRY(parse_route_settings(object));
  return make_route(context, route, settings);
}

Result<Response> change_route(Context& context) {
  const JsonDocument document = TRY(JsonDocument::parse(context.request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  const RouteSettings settings = TRY(parse_route_settings(object));
  return apply_route(context, settings);
}

}  // namespace dundun
