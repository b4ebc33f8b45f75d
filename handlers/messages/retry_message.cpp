// POST /messages/{id}/retry: a new send of a failed message, at today's price.
#include "common/base/executor.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/journal/admission.h"
#include "common/journal/change.h"
#include "common/journal/commit.h"
#include "common/journal/journal.h"
#include "common/sending/send.h"
#include "common/sending/snapshot.h"
#include "common/web/idempotency.h"
#include "common/web/kept_answer.h"
#include "handlers/messages/endpoints.h"
#include "sql/send.h"

namespace dundun {
namespace {

using RetryOutcome = CommitResult::Outcome;

Error not_retryable(MessageStatus status) {
  return fail(ErrorCode::kNotRetryable, "Message is " + std::string(status_name(status)) +
                                            "; only failed messages can be retried.");
}

Error retry_refusal(const AcceptMessage& accept, const CommitResult& result) {
  if (result.outcome == RetryOutcome::kInsufficientBalance) {
    return too_poor(accept.cost_currency, accept.cost_micros, result.balance_micros);
  }
  if (result.outcome == RetryOutcome::kOptedOut) return opted_out();
  if (result.outcome == RetryOutcome::kTooManyRetries) {
    return fail(ErrorCode::kMaxRetriesExceeded,
                "Message was retried " + std::to_string(kManualRetriesMax) + " times already.");
  }
  if (result.outcome == RetryOutcome::kRetryOpen) {
    return fail(ErrorCode::kNotRetryable,
                "Message is being sent again already, as " + message_id_text(result.message_id) +
                    ": wait for its end, then retry that one if it fails.");
  }
  if (result.outcome == RetryOutcome::kNotAllowed) return not_retryable(result.status);
  return other_refusal(result);
}

std::string answer_json(const Uuid& id, const Uuid& original, int retry_count) {
  JsonWriter json;
  json.begin_object()
      .member("id", message_id_text(id))
      .member("original_id", message_id_text(original))
      .member("status", "retrying")
      .member("retry_count", retry_count)
      .end_object();
  return json.take();
}

// The original message as a new request: the same route by its name, and the same sender.
Result<SendRequest> request_of(const PgRows& rows) {
  constexpr auto& col = sql::message_for_retry;
  Msisdn to = TRY(Msisdn::parse(rows.text(0, col.phone)));
  SendRequest request{.to = std::move(to), .text = std::string(rows.text(0, col.body))};
  request.sender = rows.text(0, col.sender);
  request.route = rows.text(0, col.route);
  request.segments_max = kSegmentsOfSecondDialectMax;  // it was accepted once
  return request;
}

}  // namespace

Task<Response> retry_message(Context& context) {
  constexpr auto& col = sql::message_for_retry;
  const std::optional<Uuid> id = parse_message_id(context.request.parameters.at(0));
  if (!id) co_return fail(ErrorCode::kNotFound, "Message not found");
  const PgRows rows = co_await context.services.pg.query(
      sql::message_for_retry, context.caller.account_id, *id, context.caller.environment);
  if (rows.size() == 0) co_return fail(ErrorCode::kNotFound, "Message not found");
  if (rows.boolean(0, col.has_shown_body)) {
    co_return fail(ErrorCode::kNotRetryable, "A code is not sent again: POST /verify/{id}/resend.");
  }
  if (rows.text(0, col.body).empty()) {
    co_return fail(ErrorCode::kNotRetryable, "Its text is no longer kept.");
  }
  SendRequest request = co_await request_of(rows);
  request.trace_id = context.request.recorded_trace();
  const Payer payer = payer_of(context.caller);
  Outgoing outgoing = co_await prepare(*context.services.sending, context.snapshot, request, payer);
  AcceptMessage& accept = outgoing.message;
  accept.retry_of = *id;
  accept.idempotency = co_await idempotency_key(context.request, context.caller);
  // The answer does not wait for the carrier: it says `retrying` in any case.
  const Sent sent = co_await send(*context.services.sending, accept);
  Task<CommitResult> settling =
      await_answer(context.services, accept.account_id, accept.idempotency, sent.result);
  const CommitResult result = co_await std::move(settling);
  if (answer_is_overdue(result)) {
    co_return Response::json(answer_json(result.message_id, *id, rows.i16(0, col.retry_count)));
  }
  if (auto known = answer_of_key(result)) co_return co_await std::move(*known);
  if (result.outcome != RetryOutcome::kCommitted) co_return retry_refusal(accept, result);
  std::string body = answer_json(accept.message_id, *id, result.retry_count);
  Task<Done> keeping = keep_answer(context.services, accept.account_id, accept.idempotency, body);
  co_await std::move(keeping);
  co_return Response::json(std::move(body));
}

}  // namespace dundun
