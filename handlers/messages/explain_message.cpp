// GET /messages/{id}/explain: why this route, these carriers, this sender and this price. From the
// message, from the history of routes and from the versions of prices and rates; that these are the
// ones is proven by computing the charge again.
#include <algorithm>
#include <iterator>
#include <span>
#include <vector>

#include "common/carrier/explanation.h"
#include "common/identity/authorization.h"
#include "common/io/pg.h"
#include "common/sms/country_name.h"
#include "common/sms/encoding.h"
#include "common/sms/msisdn.h"
#include "common/web/message_json.h"
#include "common/web/paging.h"
#include "handlers/messages/endpoints.h"
#include "sql/explain.h"

namespace dundun {
namespace {

// The columns of message_decision.
struct Decided {
  Uuid id;
  Instant at;  // when it was decided: a campaign's message with its campaign
  std::string phone, route, country, sender, wallet_currency, route_currency, source;
  int64_t segments;
  Encoding encoding;
  Micros cost, route_cost;
  std::optional<int64_t> config_version;
  int16_t named;
  std::optional<Uuid> campaign_id, retry_of;
  Environment environment;
  bool refunded;
  std::string error_code;  // or empty
};

std::optional<Uuid> maybe_uuid(const PgRows& rows, int column) {
  if (rows.is_null(0, column)) return std::nullopt;
  return rows.uuid(0, column);
}

Decided decided_of(const PgRows& rows, const Uuid& id) {
  constexpr auto& col = sql::message_decision;
  Decided decided{};
  decided.id = id;
  decided.phone = rows.text(0, col.phone);
  decided.route = rows.text(0, col.route);
  decided.country = rows.text(0, col.country);
  decided.segments = rows.i16(0, col.segments);
  decided.encoding = Encoding(rows.i16(0, col.encoding));
  decided.sender = rows.text(0, col.sender);
  decided.cost = rows.i64(0, col.cost_micros);
  decided.wallet_currency = rows.text(0, col.cost_currency);
  decided.route_cost = rows.i64(0, col.route_cost_micros);
  decided.route_currency = rows.text(0, col.route_currency);
  if (!rows.is_null(0, col.config_version))
    decided.config_version = rows.i64(0, col.config_version);
  decided.named = rows.i16(0, col.named);
  decided.source = rows.text(0, col.source);
  decided.campaign_id = maybe_uuid(rows, col.batch_id);
  decided.retry_of = maybe_uuid(rows, col.retry_of);
  decided.environment = Environment(rows.i16(0, col.environment));
  decided.refunded = rows.boolean(0, col.refunded);
  decided.error_code = rows.maybe_text(0, col.error_code).value_or("");
  decided.at = created_at(decided.campaign_id.value_or(id));
  return decided;
}

void write_number(JsonWriter& json, const Decided& decided) {
  const PhoneFacts facts = describe_phone(decided.phone);
  json.key("number")
      .begin_object()
      .member("e164", std::string_view(decided.phone))
      .member("country", decided.country)
      .member("country_name", country_name(decided.country))
      .member("type", facts.type)
      .member("national_format", facts.national_format)
      .end_object();
}

std::string reason_of(const Decided& decided, std::string_view code, bool active) {
  const bool named = (decided.named & kRouteNamed) != 0;
  if (code == decided.route) {
    return named ? "named by the request" : "the first active route of " + decided.country;
  }
  if (!active) return "was not active";
  return named ? "another one was named" : "comes after " + decided.route;
}

void write_route(JsonWriter& json, const Decided& decided, const PgRows& routes) {
  constexpr auto& col = sql::routes_then;
  json.key("route")
      .begin_object()
      .member("code", decided.route)
      .member("named", (decided.named & kRouteNamed) != 0)
      .key("candidates")
      .begin_array();
  for (int row = 0; row < routes.size(); ++row) {
    const std::string_view code = routes.text(row, col.code);
    const std::string reason = reason_of(decided, code, routes.boolean(row, col.is_active));
    json.begin_object()
        .member("code", code)
        .member("is_active", routes.boolean(row, col.is_active))
        .member("chosen", code == decided.route)
        .member("reason", reason)
        .end_object();
  }
  json.end_array().end_object();
}

void write_sender(JsonWriter& json, const Decided& decided, const PgRows& routes) {
  std::string_view standard;
  for (int row = 0; row < routes.size(); ++row) {
    if (routes.text(row, sql::routes_then.code) == decided.route)
      standard = routes.text(row, sql::routes_then.sender_default);
  }
  const bool default_used = decided.sender == standard;
  const bool taken_back = decided.error_code == "SENDER_NOT_APPROVED";
  const std::string reason =
      taken_back     ? "its approval for " + decided.country + " was taken back before it left"
      : default_used ? "the default of " + decided.route
                     : "approved for " + decided.country;
  json.key("sender")
      .begin_object()
      .member("sender_id", decided.sender)
      .member("named", (decided.named & kSenderNamed) != 0)
      .member("rule", taken_back     ? "sender_not_approved"
                      : default_used ? "route_default"
                                     : "approved")
      .member("reason", reason)
      .end_object();
}

void write_price_version(JsonWriter& json, const Decided& decided, const PgRows& prices) {
  constexpr auto& col = sql::prices_then;
  // The newest that makes this cost: a process may have had the one before for a moment.
  int row = 0;
  while (row < prices.size() &&
         prices.i64(row, col.price_micros) * decided.segments != decided.route_cost)
    ++row;
  json.key("price").begin_object();
  if (row < prices.size()) {
    json.member("version", prices.i64(row, col.price_id))
        .member("valid_from", format_z(prices.instant(row, col.valid_from)));
  } else {
    json.member_null("version").member_null("valid_from");
  }
  json.member_money("price_per_segment", decided.route_cost / decided.segments)
      .member("currency", decided.route_currency)
      .member("segments", decided.segments)
      .member_money("route_cost", decided.route_cost)
      .end_object();
}

void write_rate(JsonWriter& json, std::string_view name, const std::string& currency,
                const PgRows& rates, int row) {
  constexpr auto& col = sql::rates_then;
  json.key(name)
      .begin_object()
      .member("currency", currency)
      .member("version", rates.i64(row, col.fx_id))
      .member_money("per_usd", rates.i64(row, col.per_usd_micros))
      .member("valid_from", format_z(rates.instant(row, col.valid_from)))
      .end_object();
}

// The newest pair of rates that makes the charge of the route's cost; null where nothing was
// converted, or no pair does.
void write_fx(JsonWriter& json, const Decided& decided, const PgRows& rates) {
  constexpr auto& col = sql::rates_then;
  json.key("fx");
  const bool is_converted = decided.route_currency != decided.wallet_currency;
  for (int r = 0; is_converted && r < rates.size(); ++r) {
    if (!rates.boolean(r, col.is_route)) continue;
    for (int w = 0; w < rates.size(); ++w) {
      if (rates.boolean(w, col.is_route)) continue;
      const auto cost = convert(decided.route_cost, rates.i64(r, col.per_usd_micros),
                                rates.i64(w, col.per_usd_micros));
      if (!cost || *cost != decided.cost) continue;
      json.begin_object();
      write_rate(json, "route", decided.route_currency, rates, r);
      write_rate(json, "wallet", decided.wallet_currency, rates, w);
      json.end_object();
      return;
    }
  }
  json.null();
}

void write_charge(JsonWriter& json, const Decided& decided) {
  json.key("charge")
      .begin_object()
      .member_money("cost", decided.cost)
      .member("currency", decided.wallet_currency)
      .member("paid_with", decided.campaign_id ? "campaign" : "message")
      .member("refunded", decided.refunded)
      .end_object();
  if (decided.campaign_id) {
    json.member("batch_id", batch_id_text(*decided.campaign_id));
  } else {
    json.member_null("batch_id");
  }
  if (decided.retry_of) {
    json.member("retry_of", message_id_text(*decided.retry_of));
  } else {
    json.member_null("retry_of");
  }
}

// Answers by their place: of the first round trip, before those to journey_calls(), and of the
// second, before those to leg_calls().
constexpr size_t kDecision = 0, kJourneys = 1;
constexpr size_t kRoutesThen = 0, kPricesThen = 1, kRatesThen = 2, kLegsThen = 3;

std::vector<Pg::Call> with(std::vector<Pg::Call> calls, std::vector<Pg::Call> more) {
  std::ranges::move(more, std::back_inserter(calls));
  return calls;
}

std::vector<Pg::Call> configuration_calls(const Decided& decided) {
  // An id carries milliseconds, a version's beginning microseconds.
  const Instant by = decided.at + std::chrono::milliseconds(1);
  return {{&sql::routes_then, {decided.country, decided.config_version, by}},
          {&sql::prices_then, {decided.route, by}},
          {&sql::rates_then, {decided.route_currency, decided.wallet_currency, by}}};
}

std::string explanation(const Decided& decided, std::span<const PgRows> journey,
                        std::span<const PgRows> then, const Caller& caller) {
  const PgRows& routes = then[kRoutesThen];
  JsonWriter json;
  json.begin_object()
      .member("id", message_id_text(decided.id))
      .member("environment", environment_name(decided.environment))
      .member("source", decided.source)
      .member("decided_at", format_z(decided.at))
      .member("config_version", decided.config_version);
  write_number(json, decided);
  json.key("text")
      .begin_object()
      .member("encoding", encoding_name(decided.encoding))
      .member("segments", decided.segments)
      .end_object();
  write_route(json, decided, routes);
  write_carriers(json, journey, then.subspan(kLegsThen), decided.id,
                 runs_platform(caller) ? CarrierSight::kOperator : CarrierSight::kOwner);
  write_sender(json, decided, routes);
  write_price_version(json, decided, then[kPricesThen]);
  write_fx(json, decided, then[kRatesThen]);
  write_charge(json, decided);
  return json.end_object().take();
}

}  // namespace

Result<Response> explain_message(Context& context) {
  const std::optional<Uuid> id = parse_message_id(context.request.parameters.at(0));
  if (!id) return fail(ErrorCode::kNotFound, "Message not found");
  const int64_t account = context.caller.account_id;
  PgPool& pg = context.services.pg;
  const Pg::Call decision{&sql::message_decision,
                          {account, *id, environments_param(visible_environments(context.caller))}};
  const std::vector<PgRows> stored =
      TRY(pg.run_pipeline(with({decision}, journey_calls(account, *id))));
  if (stored[kDecision].size() == 0) return fail(ErrorCode::kNotFound, "Message not found");
  const Decided decided = decided_of(stored[kDecision], *id);
  const std::span<const PgRows> journey = std::span(stored).subspan(kJourneys);
  const std::vector<PgRows> then =
      TRY(pg.run_pipeline(with(configuration_calls(decided), leg_calls(account, journey))));
  return Response::json(explanation(decided, journey, then, context.caller));
}

}  // namespace dundun
