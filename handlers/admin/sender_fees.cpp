// PUT, DELETE /admin/sender-fees/{country}: what registering a sender name costs there. It is
// shown, not charged: who approves a name debits it by hand.
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/sms/country_name.h"
#include "common/web/audited_change.h"
#include "common/web/text_fields.h"
#include "handlers/admin/endpoints.h"
#include "sql/senders.h"

namespace dundun {
namespace {

constexpr size_t kNoteBytesMax = 500;
constexpr size_t kFeesMax = 50;
constexpr size_t kCellBytesMax = 100;
constexpr size_t kCells = 3;  // network, setup, recurring

struct SenderFee {
  std::optional<Micros> usd_micros;
  std::string type;
  std::optional<std::string> covers, note;
  std::string table{"[]"};  // JSON
};

Result<std::string> path_country(const Context& context) {
  const std::string& country = context.request.parameters.at(0);
  const bool known = country.size() == 2 && !country_name(country).empty() &&
                     country.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == country.npos;
  if (!known) return fail(ErrorCode::kNotFound, "Country not found");
  return country;
}

Result<std::string> table_of(const std::vector<JsonValue>& rows) {
  constexpr const char* kWrong = "at most 50 rows of three texts: network, setup, recurring";
  if (rows.size() > kFeesMax) return invalid_field("fee_table", kWrong, "value_error");
  JsonWriter json;
  json.begin_array();
  for (const JsonValue& row : rows) {
    if (!row.is_array() || row.items().size() != kCells) {
      return invalid_field("fee_table", kWrong, "value_error");
    }
    json.begin_array();
    for (const JsonValue& cell : row.items()) {
      if (!cell.is_string() || cell.string().size() > kCellBytesMax) {
        return invalid_field("fee_table", kWrong, "value_error");
      }
      json.value(cell.string());
    }
    json.end_array();
  }
  return json.end_array().take();
}

Result<SenderFee> parse_fee(const std::string& body) {
  const JsonDocument document = TRY(JsonDocument::parse(body));
  const JsonObject object = TRY(JsonObject::of(document));
  SenderFee fee;
  fee.type = TRY(object.optional_string("fee_type")).value_or("one_time");
  if (fee.type != "one_time" && fee.type != "per_network" && fee.type != "on_request") {
    return invalid_field("fee_type", "choose one_time, per_network or on_request",
                         "value_error.enum");
  }
  fee.usd_micros = TRY(object.optional_money("fee_usd"));
  if (fee.usd_micros.has_value() == (fee.type == "on_request") ||
      (fee.usd_micros && *fee.usd_micros < 0)) {
    return invalid_field("fee_usd", "an amount; none where it is on_request", "value_error");
  }
  fee.covers = TRY(object.optional_string("covers"));
  if (fee.covers && *fee.covers != "all_networks") {
    return invalid_field("covers", "all_networks, or left out", "value_error.enum");
  }
  fee.note = TRY(object.optional_string("note"));
  if (fee.note) fee.note = TRY(bounded_text("note", *std::move(fee.note), kNoteBytesMax));
  const std::vector<JsonValue> rows = TRY(object.optional_array("fee_table"));
  fee.table = TRY(table_of(rows));
  return fee;
}

Result<Response> set_fee(Context& context, const SenderFee& fee) {
  const std::string country = TRY(path_country(context));
  AuditedChange change = TRY(AuditedChange::begin(context));
  (void)TRY(change.run(sql::sender_fee_set, country, fee.usd_micros, fee.type, fee.covers,
                       fee.table, fee.note));
  TRY(change.record({0, "sender_fee.set", "country " + country, context.request.body}));
  TRY(change.commit(AuditedChange::Effect::kNone));
  JsonWriter json;
  json.begin_object().member("country_code", country).end_object();
  return Response::json(json.take());
}

Result<Response> drop_fee(Context& context) {
  const std::string country = TRY(path_country(context));
  AuditedChange change = TRY(AuditedChange::begin(context));
  const PgRows dropped = TRY(change.run(sql::sender_fee_drop, country));
  if (dropped.affected() == 0) return fail(ErrorCode::kNotFound, "There is no fee");
  TRY(change.record({0, "sender_fee.dropped", "country " + country}));
  TRY(change.commit(AuditedChange::Effect::kNone));
  return Response{.status = 204, .body = {}, .headers = {}};
}

}  // namespace

Result<Response> set_sender_fee(Context& context) {
  const SenderFee fee = TRY(parse_fee(context.request.body));
  return set_fee(context, fee);
}

Result<Response> drop_sender_fee(Context& context) { return drop_fee(context); }

}  // namespace dundun
