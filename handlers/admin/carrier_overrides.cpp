// GET and POST /admin/accounts/{id}/carrier-overrides, DELETE …/{override}: carriers that an
// account must, should or may not use, everywhere, in a country or on a route.
#include <charconv>

#include "common/carrier/carrier_file.h"
#include "common/carrier/routing.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/sending/snapshot.h"
#include "common/web/audited_change.h"
#include "handlers/admin/account_row.h"
#include "handlers/admin/endpoints.h"
#include "sql/routing_admin.h"

namespace dundun {
namespace {

struct NewOverride {
  std::string carrier, choice;
  std::optional<std::string> country, route;
};

Result<NewOverride> parse_override(const Context& context) {
  const JsonDocument document = TRY(JsonDocument::parse(context.request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  NewOverride made;
  made.carrier = TRY(object.required_string("carrier"));
  if (!is_carrier_name(made.carrier)) {
    return invalid_field("carrier", "the name of a carrier", "value_error");
  }
  made.choice = TRY(object.required_string("choice"));
  if (!parse_override_choice(made.choice)) {
    return invalid_field("choice", "pinned, preferred or excluded", "value_error");
  }
  made.country = TRY(object.optional_string("country_code"));
  if (made.country && !context.snapshot.country_names.contains(*made.country)) {
    return invalid_field("country_code", "a country that has a route", "value_error");
  }
  made.route = TRY(object.optional_string("route"));
  if (made.route && context.snapshot.route_by_code(*made.route) == nullptr) {
    return invalid_field("route", "no such route", "value_error");
  }
  if (made.route && made.country) {
    return invalid_field("route", "not beside country_code", "value_error");
  }
  return made;
}

// The columns of admin_overrides.
void write_override(JsonWriter& json, const PgRows& rows, int row) {
  constexpr auto& col = sql::admin_overrides;
  static_assert(begins_with_columns(sql::admin_override_make, col));
  json.begin_object()
      .member("id", rows.i64(row, col.override_id))
      .member("carrier", rows.text(row, col.carrier))
      .member("choice", rows.text(row, col.choice))
      .member("country_code", rows.maybe_text(row, col.country))
      .member("route", rows.maybe_text(row, col.route))
      .member("since", format_z(rows.instant(row, col.valid_from)))
      .end_object();
}

std::string override_subject(std::string_view choice, std::string_view carrier) {
  return "carrier " + std::string(carrier) + " " + std::string(choice);
}

Result<Response> add_override(Context& context, int64_t account, const NewOverride& made) {
  AuditedChange change = TRY(AuditedChange::begin(context));
  if (auto earlier = TRY(change.earlier_answer())) return *std::move(earlier);
  const PgRows exists = TRY(change.run(sql::admin_carrier_exists, made.carrier));
  if (!exists.boolean(0, 0)) return invalid_field("carrier", "no such carrier", "value_error");
  const PgRows rows = TRY(change.run(sql::admin_override_make, account, made.carrier, made.choice,
                                     made.country, made.route));
  if (rows.size() == 0) {
    return fail(ErrorCode::kAlreadyExists, "The account has an override for this carrier there.");
  }
  JsonWriter json;
  write_override(json, rows, 0);
  const std::string body = json.take();
  TRY(change.record(
      {account, "carrier_override.added", override_subject(made.choice, made.carrier), body}));
  return change.commit(AuditedChange::Effect::kConfiguration, Response::json(body, 201));
}

Result<Response> drop_override(Context& context, int64_t account) {
  const std::string& text = context.request.parameters.at(1);
  int64_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  AuditedChange change = TRY(AuditedChange::begin(context));
  const PgRows ended = TRY(change.run(sql::admin_override_end, account, is_number ? id : 0));
  if (ended.size() == 0) return fail(ErrorCode::kNotFound, "Override not found");
  TRY(change.record({account, "carrier_override.removed",
                     override_subject(ended.text(0, sql::admin_override_end.choice),
                                      ended.text(0, sql::admin_override_end.carrier))}));
  TRY(change.commit(AuditedChange::Effect::kConfiguration));
  return Response{.status = 204, .body = {}, .headers = {}};
}

}  // namespace

Result<Response> list_carrier_overrides(Context& context) {
  const int64_t account = TRY(path_account(context));
  const PgRows rows = TRY(context.services.pg.query(sql::admin_overrides, account));
  JsonWriter json;
  json.begin_object().key("carrier_overrides").begin_array();
  for (int row = 0; row < rows.size(); ++row) write_override(json, rows, row);
  json.end_array().end_object();
  return Response::json(json.take());
}

Result<Response> add_carrier_override(Context& context) {
  const int64_t account = TRY(path_account(context));
  const NewOverride made = TRY(parse_override(context));
  return add_override(context, account, made);
}

Result<Response> drop_carrier_override(Context& context) {
  const int64_t account = TRY(path_account(context));
  return drop_override(context, account);
}

}  // namespace dundun
