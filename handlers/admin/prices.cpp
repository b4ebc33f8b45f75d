// POST /admin/prices and POST /admin/fx: new prices of routes and rates of currencies, many at once
// or none of them. Old ones stay on record; `valid_from` may be in the future.
// GET /admin/routes/{code}/prices, GET /admin/fx.
#include "common/web/audited_change.h"
#include "common/web/text_fields.h"
#include "handlers/admin/routes.h"
#include "sql/statements.h"

namespace dundun {
namespace {

constexpr size_t kRowsMax = 1000;

struct Figure {
  std::string subject;  // a route's code, or a currency
  Micros micros;
  std::optional<Instant> valid_from;
};

// What an import is of: `prices` of `route`, or `rates` of `currency`.
struct Kind {
  const char* list;
  const char* subject;
  const char* amount;
  const char* action;
  const Statement* statement;
};
constexpr Kind kPrices{"prices", "route", "price_per_segment", "prices.set", &sql::admin_price_set};
constexpr Kind kRates{"rates", "currency", "per_usd", "rates.set", &sql::admin_rate_set};

// loc names the list, the row and the field.
Error invalid_row(const Kind& kind, size_t row, const char* field, const char* message) {
  const std::string place = std::string(kind.list) + "\"," + std::to_string(row) + ",\"" + field;
  Error error = invalid_field(place, message, "value_error");
  error.message =
      std::string(kind.list) + " " + std::to_string(row) + ": " + field + ": " + message;
  return error;
}

bool is_currency(std::string_view text) {
  return text.size() == 3 && text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == text.npos;
}

Result<Figure> parse_row(const Kind& kind, const JsonValue& item, size_t row) {
  Figure figure{};
  if (!item.is_object()) return invalid_row(kind, row, kind.subject, "an object is needed");
  const auto subject = item.find(kind.subject);
  const bool named = subject && subject->is_string() && !subject->string().empty();
  if (!named || (&kind == &kRates && !is_currency(subject->string()))) {
    return invalid_row(kind, row, kind.subject, "missing or not known");
  }
  figure.subject = subject->string();
  const auto amount = item.find(kind.amount);
  const std::optional<Micros> micros = amount ? amount->money() : std::nullopt;
  if (!micros || *micros <= 0) {
    return invalid_row(kind, row, kind.amount, "a number over 0 with at most 6 decimals");
  }
  figure.micros = *micros;
  const auto from = item.find("valid_from");
  if (!from || from->is_null()) return figure;
  if (from->is_string()) figure.valid_from = parse_rfc3339(from->string());
  if (!figure.valid_from) {
    return invalid_row(kind, row, "valid_from", "an RFC 3339 time with its offset");
  }
  return figure;
}

Result<std::vector<Figure>> parse(const Kind& kind, const std::string& body) {
  const JsonDocument document = TRY(JsonDocument::parse(body));
  const JsonObject object = TRY(JsonObject::of(document));
  const std::vector<JsonValue> items = TRY(object.optional_array(kind.list));
  if (items.empty() || items.size() > kRowsMax) {
    return invalid_field(kind.list, "1 to 1000 of them", "value_error");
  }
  std::vector<Figure> figures;
  for (size_t row = 0; row < items.size(); ++row) {
    figures.push_back(TRY(parse_row(kind, items[row], row)));
  }
  return figures;
}

Result<Response> import(Context& context, const Kind& kind) {
  const std::vector<Figure> figures = TRY(parse(kind, context.request.body));
  AuditedChange change = TRY(AuditedChange::begin(context));
  for (size_t row = 0; row < figures.size(); ++row) {
    const Figure& figure = figures[row];
    const PgRows set =
        TRY(change.run(*kind.statement, figure.subject, figure.micros, figure.valid_from));
    if (set.affected() == 0) return invalid_row(kind, row, kind.subject, "missing or not known");
  }
  TRY(change.record(
      {0, kind.action, std::to_string(figures.size()) + " " + kind.list, context.request.body}));
  TRY(change.commit(AuditedChange::Effect::kConfiguration));
  JsonWriter json;
  json.begin_object().member("imported", static_cast<int64_t>(figures.size())).end_object();
  return Response::json(json.take());
}

}  // namespace

Task<Response> import_prices(Context& context) { co_return co_await import(context, kPrices); }

Task<Response> import_rates(Context& context) { co_return co_await import(context, kRates); }

Task<Response> list_prices(Context& context) {
  const std::string& code = context.request.parameters.at(0);
  if (context.snapshot.route_by_code(code) == nullptr) {
    co_return fail(ErrorCode::kNotFound, "Route not found");
  }
  const PgRows rows = co_await context.app.pg.query(sql::admin_prices, code);
  JsonWriter json;
  json.begin_object().key("prices").begin_array();
  for (int row = 0; row < rows.size(); ++row) {
    json.begin_object()
        .member("id", rows.i64(row, 0))
        .member_money("price_per_segment", rows.i64(row, 1))
        .member("valid_from", std::string_view(format_z(rows.instant(row, 2))))
        .end_object();
  }
  json.end_array().end_object();
  co_return Response::json(json.take());
}

Task<Response> list_rates(Context& context) {
  const PgRows rows = co_await context.app.pg.query(sql::admin_rates);
  JsonWriter json;
  json.begin_object().key("rates").begin_array();
  for (int row = 0; row < rows.size(); ++row) {
    json.begin_object()
        .member("currency", rows.text(row, 0))
        .member_money("per_usd", rows.i64(row, 1))
        .member("valid_from", std::string_view(format_z(rows.instant(row, 2))))
        .member("is_sample", rows.boolean(row, 3))
        .end_object();
  }
  json.end_array().end_object();
  co_return Response::json(json.take());
}

}  // namespace dundun
