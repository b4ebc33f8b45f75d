// POST /messages/{id}/reschedule: until a scheduler has claimed it.
#include "common/base/executor.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/journal/change.h"
#include "common/journal/commit.h"
#include "common/journal/journal.h"
#include "handlers/messages/endpoints.h"
#include "handlers/messages/send_request.h"
#include "sql/send.h"

namespace dundun {
namespace {

Result<Instant> wanted_time(const Request& request) {
  const JsonDocument document = TRY(JsonDocument::parse(request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  return parse_scheduled_at(TRY(object.required_string("scheduled_at")), now());
}

AdvanceMessage move_to(const Context& context, const Uuid& message_id, Instant due) {
  AdvanceMessage move{};
  move.account_id = context.caller.account_id;
  move.environment = context.caller.environment;
  move.message_id = message_id;
  move.to = MessageStatus::kScheduled;
  move.event = "rescheduled";
  move.event_key = "rescheduled:" + to_string(new_uuid7());
  move.detail = "Rescheduled to " + format_z(due);
  move.dispatch = DispatchStep::kMove;
  move.due_at = due;
  return move;
}

Error no_longer(MessageStatus status) {
  return fail(ErrorCode::kNotReschedulable, "Message is " + std::string(status_name(status)) +
                                                " and can no longer be rescheduled.");
}

}  // namespace

Task<Response> reschedule_message(Context& context) {
  constexpr auto& col = sql::message_for_reschedule;
  const std::optional<Uuid> id = parse_message_id(context.request.parameters.at(0));
  if (!id) co_return fail(ErrorCode::kNotFound, "Message not found");
  const Instant wanted = co_await wanted_time(context.request);
  const PgRows rows =
      co_await context.services.pg.query(sql::message_for_reschedule, context.caller.account_id,
                                         *id, context.caller.environment, wanted);
  if (rows.size() == 0) co_return fail(ErrorCode::kNotFound, "Message not found");
  const MessageStatus status = MessageStatus(rows.i16(0, col.status));
  if (status != MessageStatus::kScheduled) co_return no_longer(status);
  const Instant due = rows.instant(0, col.due_at);
  if (!rows.is_null(0, col.not_after) && rows.instant(0, col.not_after) <= due) {
    co_return fail(ErrorCode::kInvalidSchedule, "The message's not_after lies before that.");
  }
  Task<CommitResult> committing =
      commit(*context.services.journal, move_to(context, *id, due), context.services.executor);
  const CommitResult result = co_await std::move(committing);
  if (result.outcome != CommitResult::Outcome::kCommitted) co_return no_longer(result.status);
  JsonWriter json;
  json.begin_object()
      .member("id", message_id_text(*id))
      .member("status", "scheduled")
      .member("scheduled_at", format_offset(due))
      .end_object();
  co_return Response::json(json.take());
}

}  // namespace dundun
