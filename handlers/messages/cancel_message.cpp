// POST /messages/{id}/cancel: until the moment a scheduler has claimed it.
#include "common/base/executor.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/journal/change.h"
#include "common/journal/commit.h"
#include "common/journal/journal.h"
#include "common/web/endpoint.h"
#include "sql/send.h"

namespace dundun {
namespace {

AdvanceMessage cancellation(const Context& context, const Uuid& message_id) {
  AdvanceMessage cancel{};
  cancel.account_id = context.caller.account_id;
  cancel.environment = context.caller.environment;
  cancel.message_id = message_id;
  cancel.to = MessageStatus::kCancelled;
  cancel.event = "cancelled";
  cancel.event_key = "cancelled";
  cancel.detail = "Cancelled by API request";
  cancel.dispatch = DispatchStep::kWithdraw;
  cancel.refundable = true;
  return cancel;
}

Response cancelled(const Uuid& message_id, Micros balance) {
  JsonWriter json;
  json.begin_object()
      .member("id", message_id_text(message_id))
      .member("status", "cancelled")
      .member_money("balance_after", balance)
      .end_object();
  return Response::json(json.take());
}

}  // namespace

Task<Response> cancel_message(Context& context) {
  const std::optional<Uuid> id = parse_message_id(context.request.parameters.at(0));
  if (!id) co_return fail(ErrorCode::kNotFound, "Message not found");
  const PgRows rows = co_await context.services.pg.query(
      sql::message_for_cancel, context.caller.account_id, *id, context.caller.environment);
  if (rows.size() == 0) co_return fail(ErrorCode::kNotFound, "Message not found");

  Task<CommitResult> committing =
      commit(*context.services.journal, cancellation(context, *id), context.services.executor);
  const CommitResult result = co_await std::move(committing);
  if (result.outcome != CommitResult::Outcome::kCommitted) {
    co_return fail(ErrorCode::kNotCancellable, "Message is " +
                                                   std::string(status_name(result.status)) +
                                                   " and can no longer be cancelled.");
  }
  co_return cancelled(*id, result.balance_micros);
}

}  // namespace dundun
