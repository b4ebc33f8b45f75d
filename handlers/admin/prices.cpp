// POST /admin/prices and POST /admin/fx: new prices of routes and rates of currencies, many at once
// or none of them, as JSON or as the CSV file of deploy/prices.md. Old ones stay on record;
// `valid_from` may be in the future. GET /admin/routes/{code}/prices, GET /admin/fx.
#include "common/base/config.h"
#include "common/identity/control.h"
#include "common/io/crypto.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/prices/price_file.h"
#include "common/sending/snapshot.h"
#include "common/web/audited_change.h"
#include "common/web/paging.h"
#include "handlers/admin/endpoints.h"
#include "sql/admin.h"

namespace dundun {
namespace {

using Part = WrongFigure::Part;

constexpr size_t kRowsMax = 1000;

// The names of a list in JSON: `prices` of `route`, or `rates` of `currency`.
struct Names {
  const char* list;
  const char* subject;
  const char* amount;
  const char* action;
};
constexpr Names kPriceNames{"prices", "route", "price_per_segment", "prices.set"};
constexpr Names kRateNames{"rates", "currency", "per_usd", "rates.set"};

const Names& names_of(PriceKind kind) {
  return kind == PriceKind::kPrices ? kPriceNames : kRateNames;
}

// loc names the list, the row and the field.
Error wrong_row(const WrongFigure& wrong) {
  const Names& names = names_of(wrong.kind);
  const char* field = wrong.part == Part::kName     ? names.subject
                      : wrong.part == Part::kAmount ? names.amount
                                                    : "valid_from";
  const std::string row = std::to_string(wrong.place);
  Error error = invalid_field(std::string(names.list) + "\"," + row + ",\"" + field,
                              wrong.why.c_str(), "value_error");
  error.message = std::string(names.list) + " " + row + ": " + field + ": " + wrong.why;
  return error;
}

Result<Figure> parse_row(PriceKind kind, const JsonValue& item, size_t row) {
  const Names& names = names_of(kind);
  Figure figure{};
  figure.place = row;
  if (!item.is_object()) return wrong_row({kind, row, Part::kName, "an object is needed"});
  const auto subject = item.find(names.subject);
  if (!subject || !subject->is_string()) {
    return wrong_row({kind, row, Part::kName, "field required"});
  }
  figure.name = subject->string();
  const auto amount = item.find(names.amount);
  const std::optional<Micros> micros = amount ? amount->money() : std::nullopt;
  if (!micros) {
    return wrong_row({kind, row, Part::kAmount, "a number with at most 6 decimals is needed"});
  }
  figure.micros = *micros;
  const auto from = item.find("valid_from");
  if (!from || from->is_null()) return figure;
  if (from->is_string()) figure.valid_from = parse_rfc3339(from->string());
  if (!figure.valid_from) {
    return wrong_row({kind, row, Part::kValidFrom, "an RFC 3339 time with its offset is needed"});
  }
  return figure;
}

Result<std::vector<Figure>> parse_json(PriceKind kind, const std::string& body) {
  const JsonDocument document = TRY(JsonDocument::parse(body));
  const JsonObject object = TRY(JsonObject::of(document));
  const char* list = names_of(kind).list;
  const std::vector<JsonValue> items = TRY(object.optional_array(list));
  if (items.empty() || items.size() > kRowsMax) {
    return invalid_field(list, "1 to 1000 of them", "value_error");
  }
  std::vector<Figure> figures;
  for (size_t row = 0; row < items.size(); ++row) {
    figures.push_back(TRY(parse_row(kind, items[row], row)));
  }
  return figures;
}

Result<FigureList> parse_prices(const Request& request, PriceKind kind) {
  const std::string& body = request.body;
  FigureList list{kind, {}, sha256(body), wrong_row};
  if (request.content_type.starts_with("text/csv")) {
    list.error = wrong_line;
    list.figures = TRY(parse_price_file(kind, body));
  } else {
    list.figures = TRY(parse_json(kind, body));
  }
  return list;
}

Result<bool> query_flag(const Request& request, const char* name) {
  const std::string_view text = request.query_value(name).value_or("false");
  if (text != "true" && text != "false") return invalid_query(name, "true or false");
  return text == "true";
}

Result<ImportBounds> parse_bounds(const Context& context, PriceKind kind) {
  const Config& config = context.services.config;
  ImportBounds bounds;
  bounds.dry_run = TRY(query_flag(context.request, "dry_run"));
  if (TRY(query_flag(context.request, "any_change"))) return bounds;
  bounds.change_percent_max =
      kind == PriceKind::kPrices ? config.price_change_max_percent : config.fx_change_max_percent;
  return bounds;
}

std::string prices_detail(const FigureList& list) {
  JsonWriter detail;
  detail.begin_object().key(names_of(list.kind).list).begin_object();
  for (const Figure& figure : list.figures) detail.member_money(figure.name, figure.micros);
  return detail.end_object().end_object().take();
}

Result<Response> import(Context& context, PriceKind kind) {
  const ImportBounds bounds = TRY(parse_bounds(context, kind));
  const FigureList list = TRY(parse_prices(context.request, kind));
  AuditedChange change = TRY(AuditedChange::begin(context));
  if (auto earlier = TRY(change.earlier_answer())) return *std::move(earlier);
  const PriceImport done = TRY(put_in_force(change.connection(), list, bounds));
  JsonWriter json;
  json.begin_object()
      .member("given", done.given)
      .member("changed", done.changed)
      .member("config_version", done.config_version)
      .member("dry_run", bounds.dry_run)
      .end_object();
  Response answer = Response::json(json.take());
  if (bounds.dry_run) return answer;
  const Names& names = names_of(kind);
  TRY(change.record(
      {0, names.action, std::to_string(done.changed) + " " + names.list, prices_detail(list)}));
  answer = TRY(change.commit(AuditedChange::Effect::kNone, std::move(answer)));
  if (done.changed > 0) context.services.control.configuration_moved(done.config_version);
  return answer;
}

}  // namespace

Result<Response> import_prices(Context& context) { return import(context, PriceKind::kPrices); }

Result<Response> import_rates(Context& context) { return import(context, PriceKind::kRates); }

Result<Response> list_prices(Context& context) {
  constexpr auto& col = sql::admin_prices;
  const std::string& code = context.request.parameters.at(0);
  if (context.snapshot.route_by_code(code) == nullptr) {
    return fail(ErrorCode::kNotFound, "Route not found");
  }
  const PgRows rows = TRY(context.services.pg.query(sql::admin_prices, code));
  JsonWriter json;
  json.begin_object().key("prices").begin_array();
  for (int row = 0; row < rows.size(); ++row) {
    json.begin_object()
        .member("id", rows.i64(row, col.price_id))
        .member_money("price_per_segment", rows.i64(row, col.price_micros))
        .member("valid_from", format_z(rows.instant(row, col.valid_from)))
        .end_object();
  }
  json.end_array().end_object();
  return Response::json(json.take());
}

Result<Response> list_rates(Context& context) {
  constexpr auto& col = sql::admin_rates;
  const PgRows rows = TRY(context.services.pg.query(sql::admin_rates));
  JsonWriter json;
  json.begin_object().key("rates").begin_array();
  for (int row = 0; row < rows.size(); ++row) {
    json.begin_object()
        .member("currency", rows.text(row, col.currency))
        .member_money("per_usd", rows.i64(row, col.per_usd_micros))
        .member("valid_from", format_z(rows.instant(row, col.valid_from)))
        .member("is_sample", rows.boolean(row, col.is_sample))
        .end_object();
  }
  json.end_array().end_object();
  return Response::json(json.take());
}

}  // namespace dundun
