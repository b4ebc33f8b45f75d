// GET /admin/accounts/{id}/webhooks: an account's endpoints. POST …/replay: calls them again, for
// an account whose server was away: one delivery, or what a range of time holds.
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/web/audited_change.h"
#include "common/web/message_json.h"
#include "common/webhooks/replay.h"
#include "handlers/admin/account_row.h"
#include "handlers/admin/endpoints.h"
#include "sql/webhooks.h"

namespace dundun {
namespace {

constexpr std::array<const char*, 5> kTypes{"", "dlr", "mo", "app", "trigger"};

struct Replay {
  std::optional<Uuid> delivery;  // this one alone
  ReplayRange range;
  std::string detail;
};

Result<Replay> parse_webhook_replay(const std::string& body) {
  const JsonDocument document = TRY(JsonDocument::parse(body));
  const JsonObject object = TRY(JsonObject::of(document));
  Replay replay;
  replay.detail = body;
  const std::optional<std::string> delivery = TRY(object.optional_string("delivery_id"));
  if (delivery) {
    replay.delivery = parse_delivery_id(*delivery);
    if (!replay.delivery) return fail(ErrorCode::kNotFound, "Delivery not found");
    return replay;
  }
  replay.range = TRY(parse_replay_range(object));
  const std::optional<std::string> endpoint = TRY(object.optional_string("endpoint_id"));
  if (!endpoint) return replay;
  replay.range.endpoint = parse_uuid(*endpoint);
  if (!replay.range.endpoint) return invalid_field("endpoint_id", "not an id", "value_error");
  return replay;
}

Result<Response> run_replay(Context& context, int64_t account, const Replay& wanted) {
  AuditedChange change = TRY(AuditedChange::begin(context));
  if (auto earlier = TRY(change.earlier_answer())) return *std::move(earlier);
  TRY(change.record(
      {account, "webhooks.replayed", "account " + std::to_string(account), wanted.detail}));
  if (wanted.delivery) {
    TRY(replay_one(change.connection(), account, *wanted.delivery));
    return change.commit(AuditedChange::Effect::kNone,
                         Response::json(replayed_json({1, false}), 202));
  }
  const Replayed replayed = TRY(replay_range(change.connection(), account, wanted.range));
  return change.commit(AuditedChange::Effect::kNone, Response::json(replayed_json(replayed), 202));
}

}  // namespace

Result<Response> list_account_webhooks(Context& context) {
  constexpr auto& col = sql::webhook_endpoints_of_account;
  const int64_t account = TRY(path_account(context));
  const PgRows rows = TRY(context.services.pg.query(sql::webhook_endpoints_of_account, account));
  JsonWriter json;
  json.begin_object().key("endpoints").begin_array();
  for (int row = 0; row < rows.size(); ++row) {
    json.begin_object()
        .member("id", to_string(rows.uuid(row, col.endpoint_id)))
        .member("type", kTypes.at(static_cast<size_t>(rows.i16(row, col.kind))))
        .member("app_id", rows.maybe_text(row, col.app_id))
        .member("url", rows.maybe_text(row, col.url))
        .member("is_active", rows.boolean(row, col.is_active));
    write_time(json, "disabled_at", rows.maybe_instant(row, col.disabled_at), format_z);
    json.member("disabled_reason", rows.maybe_text(row, col.disabled_reason))
        .member("pending", rows.i64(row, col.waiting))
        .member("dead", rows.i64(row, col.dead))
        .end_object();
  }
  json.end_array().end_object();
  return Response::json(json.take());
}

Result<Response> replay_account_webhooks(Context& context) {
  const int64_t account = TRY(path_account(context));
  const Replay wanted = TRY(parse_webhook_replay(context.request.body));
  return run_replay(context, account, wanted);
}

}  // namespace dundun
