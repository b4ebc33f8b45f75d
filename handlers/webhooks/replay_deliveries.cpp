// POST /webhooks/deliveries/replay (ours): the calls of a stretch of time again, the oldest first.
#include "handlers/webhooks/delivery_json.h"
#include "handlers/webhooks/routes.h"
#include "sql/statements.h"

namespace dundun {
namespace {

// Of one call; `more` says that there are more.
constexpr int64_t kReplayMax = 5000;

struct ReplayRange {
  Instant from, to;
  bool delivered = false;  // else what was given up
  std::optional<std::string> event;
};

Result<Instant> parse_moment(const char* field, const std::string& text) {
  const std::optional<Instant> at = parse_rfc3339(text);
  if (!at || *at < Instant{}) {
    return invalid_field(field, "not an RFC 3339 time with its offset", "value_error.datetime");
  }
  return *at;
}

Result<ReplayRange> parse_range(const Request& request) {
  const JsonDocument document = TRY(JsonDocument::parse(request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  ReplayRange range;
  const std::string from = TRY(object.required_string("date_from"));
  const std::optional<std::string> to = TRY(object.optional_string("date_to"));
  range.from = TRY(parse_moment("date_from", from));
  range.to = now() + std::chrono::milliseconds(1);
  if (to) range.to = TRY(parse_moment("date_to", *to));
  range.event = TRY(object.optional_string("event"));
  const std::string status = TRY(object.optional_string("status")).value_or("dead");
  if (status != "dead" && status != "delivered") {
    return invalid_field("status", "one of dead, delivered", "value_error.const");
  }
  range.delivered = status == "delivered";
  return range;
}

PgParam ids_of(const PgRows& rows) {
  PgArray ids(PgArray::Type::kUuid);
  for (int row = 0; row < rows.size(); ++row) ids.add(rows.uuid(row, 0));
  return ids.finish();
}

}  // namespace

Task<Response> replay_deliveries(Context& context) {
  const ReplayRange range = co_await parse_range(context.request);
  PgPool& pg = context.app.pg;
  const int64_t account = context.caller.account_id;
  const Statement& statement =
      range.delivered ? sql::webhook_replayable_delivered : sql::webhook_replayable;
  const Uuid from = uuid7_floor(range.from);
  const Uuid to = uuid7_floor(range.to);
  const PgRows found = co_await pg.query(statement, account, from, to, range.event, kReplayMax);
  const PgParam ids = ids_of(found);
  const PgRows replayed = co_await pg.query(sql::webhook_replay, account, ids);
  JsonWriter json;
  json.begin_object()
      .member("replayed", static_cast<int64_t>(replayed.size()))
      .member("more", found.size() == kReplayMax)
      .end_object();
  co_return Response::json(json.take(), 202);
}

}  // namespace dundun
