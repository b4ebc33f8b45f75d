#include "common/webhooks/replay.h"

#include "sql/webhooks.h"

namespace dundun {
namespace {

constexpr int64_t kReplayMax = 5000;

Result<WrittenTime> parse_replay_moment(const char* field, const std::string& text) {
  const std::optional<WrittenTime> time = parse_written_time(text);
  if (!time || time->at < Instant{}) {
    return invalid_field(field, "not an RFC 3339 time with its offset", "value_error.datetime");
  }
  return *time;
}

PgParam ids_of(const PgRows& rows) {
  PgArray ids(PgArray::Type::kUuid);
  for (int row = 0; row < rows.size(); ++row) ids.add(rows.uuid(row, 0));
  return ids.finish();
}

}  // namespace

Result<ReplayRange> parse_replay_range(const JsonObject& object) {
  ReplayRange range;
  const std::string from = TRY(object.required_string("date_from"));
  const std::optional<std::string> to = TRY(object.optional_string("date_to"));
  range.from = TRY(parse_replay_moment("date_from", from)).at;
  range.to = now() + std::chrono::milliseconds(1);
  if (to) range.to = TRY(parse_replay_moment("date_to", *to)).end;
  if (to && range.from >= range.to) {
    return invalid_field("date_from", "is after date_to", "value_error");
  }
  range.event = TRY(object.optional_string("event"));
  const std::string status = TRY(object.optional_string("status")).value_or("dead");
  if (status != "dead" && status != "delivered") {
    return invalid_field("status", "one of dead, delivered", "value_error.const");
  }
  range.delivered = status == "delivered";
  return range;
}

Result<Replayed> replay_range(Pg& transaction, int64_t account_id, const ReplayRange& range) {
  const Statement& statement =
      either(range.delivered, sql::webhook_replayable_delivered, sql::webhook_replayable);
  const PgRows found =
      TRY(transaction.run(statement, {account_id, uuid7_floor(range.from), uuid7_floor(range.to),
                                      range.event, range.endpoint, kReplayMax}));
  const PgRows replayed = TRY(transaction.run(sql::webhook_replay, {account_id, ids_of(found)}));
  return Replayed{replayed.size(), found.size() == kReplayMax};
}

std::string replayed_json(const Replayed& replayed) {
  JsonWriter json;
  json.begin_object().member("replayed", replayed.count).member("more", replayed.more).end_object();
  return json.take();
}

Status replay_one(Pg& transaction, int64_t account_id, const Uuid& delivery) {
  const PgRows found = TRY(transaction.run(sql::webhook_delivery, {account_id, delivery}));
  if (found.size() == 0) return fail(ErrorCode::kNotFound, "Delivery not found");
  const PgRows replayed = TRY(transaction.run(sql::webhook_replay, {account_id, ids_of(found)}));
  if (replayed.size() == 0) {
    return fail(ErrorCode::kInvalidState, "Its URL is not set, or switched off.");
  }
  return Done{};
}

std::optional<Uuid> parse_delivery_id(std::string_view text) {
  constexpr std::string_view kPrefix = "evt_";
  if (text.starts_with(kPrefix)) text.remove_prefix(kPrefix.size());
  return parse_uuid(text);
}

}  // namespace dundun
