// /verify/countries (ours): where the account sends codes, and how many an hour. None named:
// anywhere, with low caps where it has not sent any for some days.
#include <algorithm>
#include <cctype>
#include <map>

#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/web/audited_change.h"
#include "handlers/verify/endpoints.h"
#include "sql/verify.h"

namespace dundun {
namespace {

constexpr size_t kCountriesMax = 300;
constexpr int64_t kPerHourMax = 1'000'000;

using Caps = std::map<std::string, std::optional<int32_t>>;

Error wrong(const char* message) { return invalid_field("countries", message, "value_error"); }

bool is_country(std::string_view text) {
  return text.size() == 2 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

Result<Caps> parse_countries(std::string_view body) {
  const JsonDocument document = TRY(JsonDocument::parse(body));
  const JsonObject object = TRY(JsonObject::of(document));
  if (!document.root().find("countries")) {
    return invalid_field("countries", "field required", "value_error.missing");
  }
  const std::vector<JsonValue> items = TRY(object.optional_array("countries"));
  if (items.size() > kCountriesMax) return wrong("ensure this value has at most 300 items");
  Caps caps;
  for (const JsonValue& item : items) {
    const auto country = item.is_object() ? item.find("country") : std::nullopt;
    if (!country || !country->is_string() || !is_country(country->string())) {
      return wrong("each item needs `country`, two capital letters");
    }
    const auto cap = item.find("per_hour");
    std::optional<int32_t> per_hour;
    if (cap && !cap->is_null()) {
      if (!cap->is_integer() || cap->integer() < 1 || cap->integer() > kPerHourMax) {
        return wrong("per_hour is null or 1 to 1000000");
      }
      per_hour = static_cast<int32_t>(cap->integer());
    }
    caps[std::string(country->string())] = per_hour;
  }
  return caps;
}

Result<Response> answer(Context& context) {
  constexpr auto& col = sql::verify_countries_all;
  const PgRows rows =
      TRY(context.services.pg.query(sql::verify_countries_all, context.caller.account_id));
  JsonWriter json;
  json.begin_object().key("countries").begin_array();
  for (int row = 0; row < rows.size(); ++row) {
    json.begin_object().member("country", rows.text(row, col.country)).key("per_hour");
    if (rows.is_null(row, col.per_hour)) {
      json.null();
    } else {
      json.value(rows.i64(row, col.per_hour));
    }
    json.end_object();
  }
  json.end_array().end_object();
  return Response::json(json.take());
}

Status replace_countries(Context& context, const PgParam& countries, const PgParam& per_hour) {
  const int64_t account = context.caller.account_id;
  AuditedChange change = TRY(AuditedChange::begin(context));
  (void)TRY(change.run(sql::verify_countries_replace, account, countries, per_hour));
  TRY(change.record({.account_id = account,
                     .action = "verify_countries.replaced",
                     .subject = "verify_countries",
                     .detail = context.request.body}));
  return change.commit(AuditedChange::Effect::kNone);
}

}  // namespace

Result<Response> get_verify_countries(Context& context) { return answer(context); }

// It is the guard of the account's money: a key that only sends must not lift it.
Result<Response> replace_verify_countries(Context& context) {
  const Caps caps = TRY(parse_countries(context.request.body));
  PgArray countries(PgArray::Type::kText), per_hour(PgArray::Type::kInt4);
  for (const auto& [country, cap] : caps) {
    countries.add(std::string_view(country));
    per_hour.add(cap);
  }
  const PgParam names = countries.finish(), numbers = per_hour.finish();
  TRY(replace_countries(context, names, numbers));
  return answer(context);
}

}  // namespace dundun
