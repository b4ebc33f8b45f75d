// Who may bring texts and receipts. GET /admin/carriers, PUT /admin/carriers/{carrier} (is_active),
// POST /admin/carriers/{carrier}/secrets: another secret, shown once, beside the one before it;
// DELETE the same: only the newest holds.
#include <algorithm>

#include "common/io/crypto.h"
#include "common/io/json.h"
#include "common/web/audited_change.h"
#include "handlers/admin/routes.h"
#include "sql/statements.h"

namespace dundun {
namespace {

constexpr size_t kSecretBytes = 32;
constexpr size_t kNameBytesMax = 30;

Result<std::string> path_carrier(const Context& context) {
  const std::string& name = context.request.parameters.at(0);
  const bool fits =
      name.size() <= kNameBytesMax && std::ranges::all_of(name, [](char c) {
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
  json.begin_object().member("carrier", std::string_view(carrier)).member(name, value).end_object();
  return Response::json(json.take());
}

Result<bool> parse_active(const std::string& body) {
  const JsonDocument document = TRY(JsonDocument::parse(body));
  const JsonObject object = TRY(JsonObject::of(document));
  const std::optional<bool> active = TRY(object.optional_bool("is_active"));
  if (!active) return invalid_field("is_active", "field required", "value_error.missing");
  return *active;
}

}  // namespace

Task<Response> list_carriers(Context& context) {
  const PgRows rows = co_await context.app.pg.query(sql::admin_carriers);
  JsonWriter json;
  json.begin_object().key("carriers").begin_array();
  for (int row = 0; row < rows.size(); ++row) {
    json.begin_object()
        .member("carrier", rows.text(row, 0))
        .member("is_active", rows.boolean(row, 1))
        .member("secrets", rows.i64(row, 2))
        .member("kind", rows.maybe_text(row, 3))
        .end_object();
  }
  json.end_array().end_object();
  co_return Response::json(json.take());
}

Task<Response> change_carrier_state(Context& context) {
  const bool active = co_await parse_active(context.request.body);
  const CarrierChange what{active ? "carrier.resumed" : "carrier.suspended"};
  const Response answer = carrier_answer(context, "status", active ? "active" : "suspended");
  co_return co_await change_carrier(context, what, answer, sql::admin_carrier_change, active);
}

Task<Response> add_carrier_secret(Context& context) {
  const std::string secret = to_hex(random_bytes(kSecretBytes));
  const CarrierChange what{"carrier.secret_added"};
  const std::string hash = sha256(secret);
  const Response answer = carrier_answer(context, "secret", secret);
  co_return co_await change_carrier(context, what, answer, sql::admin_carrier_secret, hash);
}

Task<Response> drop_old_carrier_secret(Context& context) {
  const CarrierChange what{"carrier.old_secret_dropped"};
  const Response answer{.status = 204, .body = {}, .headers = {}};
  co_return co_await change_carrier(context, what, answer, sql::admin_carrier_forget_old);
}

}  // namespace dundun
