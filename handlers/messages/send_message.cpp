// POST /messages/send: parse, decide, commit, submit, answer.
#include "common/base/config.h"
#include "common/base/executor.h"
#include "common/carrier/dispatch.h"
#include "common/io/pg.h"
#include "common/journal/commit.h"
#include "common/sending/send.h"
#include "common/sending/snapshot.h"
#include "common/web/endpoint.h"
#include "common/web/idempotency.h"
#include "common/web/kept_answer.h"
#include "handlers/messages/send_answer.h"
#include "handlers/messages/send_request.h"
#include "sql/send.h"

namespace dundun {
namespace {

using Outcome = CommitResult::Outcome;
using std::chrono::milliseconds;

SendAnswer answer_of(const AcceptMessage& accept, const CommitResult& result) {
  SendAnswer answer{};
  answer.message_id = accept.message_id;
  answer.status = result.status;
  answer.segments = accept.segments;
  answer.encoding = accept.encoding;
  answer.cost_micros = accept.cost_micros;
  answer.cost_currency = accept.cost_currency;
  answer.route_cost_micros = accept.route_cost_micros;
  answer.route_currency = accept.route_currency;
  answer.route = accept.route;
  answer.balance_after_micros = result.balance_micros;
  answer.scheduled_at = accept.scheduled_at;
  return answer;
}

Error refusal(const AcceptMessage& accept, const CommitResult& result) {
  if (result.outcome == Outcome::kInsufficientBalance) {
    return too_poor(accept.cost_currency, accept.cost_micros, result.balance_micros);
  }
  if (result.outcome == Outcome::kOptedOut) return opted_out();
  return other_refusal(result);
}

void show_outcome(const SubmitOutcome& outcome, SendAnswer& answer) {
  switch (outcome.kind) {
    case SubmitOutcome::Kind::kAccepted:
      answer.status = MessageStatus::kSubmitted;
      break;
    case SubmitOutcome::Kind::kFailed:  // it is tried again: `queued` to clients
      answer.error_message = outcome.error_message;
      break;
    case SubmitOutcome::Kind::kRefused:
      answer.status = MessageStatus::kFailed;
      answer.error_message = outcome.error_message;
      break;
    default:  // not known, or later
      break;
  }
}

Task<Response> answer_and_keep(const Context& context, const AcceptMessage& accept,
                               std::string body) {
  Task<Done> keeping = keep_answer(context.services, accept.account_id, accept.idempotency, body);
  co_await std::move(keeping);
  co_return Response::json(std::move(body));
}

// Records what the carrier said, with the answer that the key keeps. Nobody is told before that is
// committed: whoever reads or repeats at once finds no less than this answer.
Task<Response> answer_outcome(Context& context, const AcceptMessage& accept, const Sent& sent) {
  SendAnswer answer = answer_of(accept, sent.result);
  show_outcome(*sent.outcome, answer);
  const Submission submission = submission_of(accept, sent.result);
  std::optional<AdvanceMessage> change =
      record_outcome(submission, *sent.outcome, now(), context.services.config.auto_retry_delays);
  std::string body = send_answer_json(answer);
  if (change) {
    const bool moves_money = change->refundable;  // then the answer is known after the commit
    if (accept.idempotency && !moves_money) {
      change->answer = StoredAnswer{accept.idempotency->key_hash, 200, body};
    }
    Journal::Commit recording =
        context.services.journal->commit(*std::move(change), context.services.executor);
    const auto recorded = co_await recording;
    // Not recorded, so far: recovery will do it, and nothing is promised that is not written.
    const bool done = recorded && recorded->outcome == Outcome::kCommitted;
    if (!done) body = send_answer_json(answer_of(accept, sent.result));
    if (!done || !moves_money) co_return Response::json(std::move(body));
    answer.balance_after_micros = recorded->balance_micros;
    body = send_answer_json(answer);
  }
  Task<Response> answering = answer_and_keep(context, accept, std::move(body));
  co_return co_await std::move(answering);
}

// A repeat of a key whose first request died between commit and answer.
Task<Response> rebuild_answer(Context& context, const AcceptMessage& repeat, CommitResult result) {
  PgRows rows = co_await context.services.pg.query(sql::message_send_answer, repeat.account_id,
                                                   result.message_id);
  if (rows.size() == 0) co_return refusal(repeat, result);
  std::string body = send_answer_json(send_answer_of_row(rows, result));
  const StoredAnswer answer{repeat.idempotency->key_hash, 200, std::move(body)};
  const StoreAnswer change{repeat.account_id, answer};
  Task<CommitResult> committing =
      commit(*context.services.journal, change, context.services.executor);
  const CommitResult done = co_await std::move(committing);
  co_return replay(done.outcome == Outcome::kReplay ? done.answer : answer);
}

}  // namespace

Task<Response> send_message(Context& context) {
  SendRequest request = co_await parse_send_request(context.request.body, now());
  request.trace_id = context.request.recorded_trace();
  const Payer payer = payer_of(context.caller);
  Outgoing outgoing = co_await prepare(*context.services.sending, context.snapshot, request, payer);
  AcceptMessage& accept = outgoing.message;
  accept.idempotency = co_await idempotency_key(context.request, context.caller);
  const milliseconds wait{outgoing.route->inline_wait_ms};
  Sent sent = co_await send(*context.services.sending, accept, wait);
  CommitResult& result = sent.result;
  Task<CommitResult> settling =
      await_answer(context.services, accept.account_id, accept.idempotency, result, wait);
  result = co_await std::move(settling);
  if (answer_is_overdue(result)) co_return co_await rebuild_answer(context, accept, result);
  if (auto known = answer_of_key(result)) co_return co_await std::move(*known);
  if (result.outcome != Outcome::kCommitted) co_return refusal(accept, result);
  if (sent.outcome) co_return co_await answer_outcome(context, accept, sent);
  Task<Response> answering =
      answer_and_keep(context, accept, send_answer_json(answer_of(accept, result)));
  co_return co_await std::move(answering);
}

}  // namespace dundun
