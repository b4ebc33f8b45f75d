// Who may bring texts and receipts. GET /admin/carriers, GET and PUT /admin/carriers/{carrier},
// POST /admin/carriers/{carrier}/secrets: another secret, shown once, beside the one before it;
// DELETE the same: only the newest holds.
#include <algorithm>

#include "common/carrier/breaker.h"
#include "common/io/crypto.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/web/audited_change.h"
#include "common/web/text_fields.h"
#include "handlers/admin/endpoints.h"
#include "sql/admin.h"

namespace dundun {
namespace {

constexpr size_t kSecretBytes = 32;
constexpr size_t kCarrierNameBytesMax = 30;
constexpr int64_t kSegmentsPerSMax = 1'000'000;

Result<std::string> path_carrier(const Context& context) {
  const std::string& name = context.request.parameters.at(0);
  const bool fits =
      name.size() <= kCarrierNameBytesMax && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
      });
  if (!fits) return fail(ErrorCode::kNotFound, "Carrier not found");
  return name;
}

struct CarrierChange {
  const char* action;
  std::string detail{"{}"};
};

// One statement about the path's carrier; kNotFound when it changes nothing.
template <class... Values>
Result<Response> change_carrier(Context& context, const CarrierChange& what, Response answer,
                                const Statement& statement, const Values&... values) {
  const std::string carrier = TRY(path_carrier(context));
  AuditedChange change = TRY(AuditedChange::begin(context));
  if (auto earlier = TRY(change.earlier_answer())) return *std::move(earlier);
  const PgRows changed = TRY(change.run(statement, carrier, values...));
  if (changed.affected() == 0) return fail(ErrorCode::kNotFound, "Carrier not found");
  TRY(change.record({0, what.action, "carrier " + carrier, what.detail}));
  return change.commit(AuditedChange::Effect::kConfiguration, std::move(answer));
}

Response carrier_answer(const Context& context, const char* name, std::string_view value) {
  const std::string& carrier = context.request.parameters.at(0);
  JsonWriter json;
  json.begin_object().member("carrier", carrier).member(name, value).end_object();
  return Response::json(json.take());
}

struct NewCarrier {
  std::optional<bool> active;
  std::optional<int32_t> segments_per_s, sender_segments_per_s;
  std::optional<std::vector<std::string>> networks;  // empty: it may call from everywhere
};

Result<std::optional<int32_t>> limit_in(const JsonObject& object, const char* field) {
  const std::optional<int64_t> limit = TRY(object.optional_integer(field));
  if (!limit) return std::optional<int32_t>();
  if (*limit < 0 || *limit > kSegmentsPerSMax) {
    return invalid_field(field, "0 to 1000000", "value_error");
  }
  return std::optional<int32_t>(static_cast<int32_t>(*limit));
}

Result<NewCarrier> parse_carrier(const std::string& body) {
  const JsonDocument document = TRY(JsonDocument::parse(body));
  const JsonObject object = TRY(JsonObject::of(document));
  NewCarrier settings;
  settings.active = TRY(object.optional_bool("is_active"));
  settings.segments_per_s = TRY(limit_in(object, "segments_per_s"));
  settings.sender_segments_per_s = TRY(limit_in(object, "sender_segments_per_s"));
  if (const auto given = document.root().find("allowed_ips"); given && !given->is_null()) {
    settings.networks = TRY(network_list(object, "allowed_ips"));
  }
  if (!settings.active && !settings.segments_per_s && !settings.sender_segments_per_s &&
      !settings.networks) {
    return invalid_field("is_active", "field required", "value_error.missing");
  }
  return settings;
}

const char* action_of(const NewCarrier& settings) {
  if (settings.active) return *settings.active ? "carrier.resumed" : "carrier.suspended";
  return settings.networks ? "carrier.networks" : "carrier.limited";
}

void write_breaker(JsonWriter& json, const BreakerWord& word) {
  json.member("breaker", breaker_state_name(state_of(word, now()))).key("last_failure_at");
  const bool ever = unix_micros(word.failed_at) != 0;
  ever ? json.value(std::string_view(format_z(word.failed_at))) : json.null();
  json.member("last_error", word.last_error);
}

Result<Response> change_settings(Context& context, const NewCarrier& settings) {
  const std::string carrier = TRY(path_carrier(context));
  AuditedChange change = TRY(AuditedChange::begin(context));
  const PgParam networks = settings.networks ? text_array(*settings.networks) : PgParam(nullptr);
  const PgRows changed =
      TRY(change.run(sql::admin_carrier_change, carrier, settings.active, settings.segments_per_s,
                     settings.sender_segments_per_s, networks));
  if (changed.size() == 0) return fail(ErrorCode::kNotFound, "Carrier not found");
  TRY(change.record({0, action_of(settings), "carrier " + carrier, context.request.body}));
  TRY(change.commit(AuditedChange::Effect::kConfiguration));
  return carrier_answer(
      context, "status",
      changed.boolean(0, sql::admin_carrier_change.is_active) ? "active" : "suspended");
}

void write_carrier(JsonWriter& json, const PgRows& rows, int row, const BreakerWord& word) {
  constexpr auto& col = sql::admin_carriers;
  static_assert(begins_with_columns(sql::admin_carrier, col));
  json.member("carrier", rows.text(row, col.carrier))
      .member("is_active", rows.boolean(row, col.is_active))
      .member("secrets", rows.i64(row, col.secrets))
      .member("kind", rows.maybe_text(row, col.kind))
      .member("segments_per_s", rows.i64(row, col.segments_per_s))
      .member("sender_segments_per_s", rows.i64(row, col.sender_segments_per_s))
      .key("allowed_ips")
      .begin_array();
  for (const std::string& network : rows.text_array(row, col.allowed_addresses)) {
    json.value(std::string_view(network));
  }
  json.end_array();
  write_breaker(json, word);
}

}  // namespace

Result<Response> get_carrier(Context& context) {
  constexpr auto& col = sql::admin_carrier;
  const std::string carrier = TRY(path_carrier(context));
  const PgRows rows = TRY(context.services.pg.query(sql::admin_carrier, carrier));
  if (rows.size() == 0) return fail(ErrorCode::kNotFound, "Carrier not found");
  JsonWriter json;
  json.begin_object();
  write_carrier(json, rows, 0, context.services.breakers.words({carrier})[carrier]);
  json.key("settings").raw(rows.text(0, col.settings)).end_object();
  return Response::json(json.take());
}

Result<Response> list_carriers(Context& context) {
  constexpr auto& col = sql::admin_carriers;
  const PgRows rows = TRY(context.services.pg.query(sql::admin_carriers));
  std::vector<std::string> names;
  for (int row = 0; row < rows.size(); ++row) names.emplace_back(rows.text(row, col.carrier));
  std::map<std::string, BreakerWord> words = context.services.breakers.words(names);
  JsonWriter json;
  json.begin_object().key("carriers").begin_array();
  for (int row = 0; row < rows.size(); ++row) {
    json.begin_object();
    write_carrier(json, rows, row, words[names[static_cast<size_t>(row)]]);
    json.end_object();
  }
  json.end_array().end_object();
  return Response::json(json.take());
}

Result<Response> change_carrier_state(Context& context) {
  const NewCarrier settings = TRY(parse_carrier(context.request.body));
  return change_settings(context, settings);
}

Result<Response> add_carrier_secret(Context& context) {
  const std::string secret = to_hex(random_bytes(kSecretBytes));
  const CarrierChange what{"carrier.secret_added"};
  const std::string hash = sha256(secret);
  const Response answer = carrier_answer(context, "secret", secret);
  return change_carrier(context, what, answer, sql::admin_carrier_secret, hash);
}

Result<Response> drop_old_carrier_secret(Context& context) {
  const CarrierChange what{"carrier.old_secret_dropped"};
  const Response answer{.status = 204, .body = {}, .headers = {}};
  return change_carrier(context, what, answer, sql::admin_carrier_forget_old);
}

}  // namespace dundun
