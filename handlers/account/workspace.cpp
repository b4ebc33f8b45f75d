// GET and PUT /workspace: the account's settings.
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/sms/account.h"
#include "common/web/audited_change.h"
#include "common/web/text_fields.h"
#include "handlers/account/endpoints.h"
#include "sql/account.h"

namespace dundun {
namespace {

constexpr size_t kWorkspaceNameBytesMax = 200;
constexpr Micros kThresholdMax = 1'000'000'000'000'000;  // a thousand million units

struct Settings {
  std::string name;
  bool refund_on_any_failure;
  std::optional<Micros> low_balance;
};

std::string_view refund_policy(bool on_any_failure) {
  return on_any_failure ? "any_failure" : "not_accepted";
}

Result<Response> show(Context& context) {
  constexpr auto& col = sql::workspace_by_id;
  const int64_t account = context.caller.account_id;
  const PgRows row = TRY(context.services.pg.query(sql::workspace_by_id, account));
  if (row.size() == 0) return fail(ErrorCode::kNotFound, "Workspace not found");
  JsonWriter json;
  json.begin_object()
      .member("id", account)
      .member("name", row.text(0, col.name))
      .member("currency", row.text(0, col.currency))
      .member("status", account_status_name(AccountStatus(row.i16(0, col.status))))
      .member("refund_on", refund_policy(row.boolean(0, col.refund_on_any_failure)))
      .key("low_balance_threshold");
  row.is_null(0, col.low_balance_micros) ? json.null()
                                         : json.money(row.i64(0, col.low_balance_micros));
  json.member("second_factor_required", row.boolean(0, col.second_factor_required));
  json.member("created_at", format_z(row.instant(0, col.created_at))).end_object();
  return Response::json(json.take());
}

Result<std::optional<Micros>> parse_threshold(const JsonValue& root, const JsonObject& object) {
  if (root.find("low_balance_threshold")->is_null()) return std::optional<Micros>();
  const std::optional<Micros> amount = TRY(object.optional_money("low_balance_threshold"));
  if (!amount || *amount <= 0 || *amount > kThresholdMax) {
    return invalid_field("low_balance_threshold", "an amount over 0, or null", "value_error");
  }
  return amount;
}

// What is left out stays.
Status parse_changes(const Context& context, Settings& settings) {
  const JsonDocument document = TRY(JsonDocument::parse(context.request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  std::optional<std::string> name = TRY(object.optional_string("name"));
  if (name) settings.name = TRY(bounded_text("name", *std::move(name), kWorkspaceNameBytesMax));
  if (document.root().find("low_balance_threshold")) {
    settings.low_balance = TRY(parse_threshold(document.root(), object));
  }
  const std::optional<std::string> refund_on = TRY(object.optional_string("refund_on"));
  if (!refund_on || *refund_on == refund_policy(settings.refund_on_any_failure)) return Done{};
  if (!runs_platform(context.caller)) {
    return fail(ErrorCode::kInsufficientScope,
                "refund_on is agreed with the platform and not changed here.");
  }
  settings.refund_on_any_failure = *refund_on == refund_policy(true);
  if (refund_policy(settings.refund_on_any_failure) == *refund_on) return Done{};
  return invalid_field("refund_on", "choose not_accepted or any_failure", "value_error.enum");
}

Result<Response> change_settings(Context& context) {
  constexpr auto& col = sql::workspace_for_update;
  const int64_t account = context.caller.account_id;
  AuditedChange change = TRY(AuditedChange::begin(context));
  const PgRows row = TRY(change.run(sql::workspace_for_update, account));
  if (row.size() == 0) return fail(ErrorCode::kNotFound, "Workspace not found");
  Settings settings{std::string(row.text(0, col.name)), row.boolean(0, col.refund_on_any_failure),
                    std::nullopt};
  if (!row.is_null(0, col.low_balance_micros))
    settings.low_balance = row.i64(0, col.low_balance_micros);
  TRY(parse_changes(context, settings));
  (void)TRY(change.run(sql::workspace_change, account, settings.name,
                       settings.refund_on_any_failure, settings.low_balance));
  JsonWriter detail;
  detail.begin_object()
      .member("name", settings.name)
      .member("refund_on", refund_policy(settings.refund_on_any_failure))
      .key("low_balance_threshold");
  settings.low_balance ? detail.money(*settings.low_balance) : detail.null();
  detail.end_object();
  TRY(change.record(
      {account, "workspace.changed", "account " + std::to_string(account), detail.take()}));
  TRY(change.commit(AuditedChange::Effect::kConfiguration));
  return Response{};
}

}  // namespace

Result<Response> get_workspace(Context& context) { return show(context); }

Result<Response> put_workspace(Context& context) {
  TRY(change_settings(context));
  return show(context);
}

}  // namespace dundun
