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
  return unexpected_outcome();
}

// Records what the carrier said, with the answer that the key keeps; that commit is not waited for,
// except when it moves money back.
Task<Response> answer_outcome(Context& context, const AcceptMessage& accept, const Sent& sent) {
  Journal& journal = *context.services.journal;
  SendAnswer answer = answer_of(accept, sent.result);
  const Submission submission = submission_of(accept, sent.result);
  std::optional<AdvanceMessage> change =
      record_outcome(submission, *sent.outcome, now(), context.services.config.auto_retry_delays);
  switch (sent.outcome->kind) {
    case SubmitOutcome::Kind::kAccepted:
      answer.status = MessageStatus::kSubmitted;
      break;
    case SubmitOutcome::Kind::kFailed:
      answer.status = MessageStatus::kRetrying;
      answer.error_message = sent.outcome->error_message;
      break;
    case SubmitOutcome::Kind::kRefused: {
      answer.status = MessageStatus::kFailed;
      answer.error_message = sent.outcome->error_message;
      Journal::Commit refund = journal.commit(*std::move(change), context.services.executor);
      const auto refunded = co_await refund;
      change.reset();
      if (refunded && refunded->outcome == Outcome::kCommitted) {
        answer.balance_after_micros = refunded->balance_micros;
      }
      break;
    }
    default:  // not known, or later
      break;
  }
  std::string body = send_answer_json(answer);
  if (!change) {
    store_answer(journal, accept.account_id, accept.idempotency, body);
    co_return Response::json(std::move(body));
  }
  if (accept.idempotency) change->answer = StoredAnswer{accept.idempotency->key_hash, 200, body};
  journal.submit(*std::move(change), [](auto) {});
  co_return Response::json(std::move(body));
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
  const SendRequest request = co_await parse_send_request(context.request.body, now());
  const Payer payer = payer_of(context.caller);
  Outgoing outgoing = co_await prepare(*context.services.sending, context.snapshot, request, payer);
  AcceptMessage& accept = outgoing.message;
  accept.idempotency = co_await idempotency_key(context.request, context.caller);
  const milliseconds wait{outgoing.route->inline_wait_ms};
  const Sent sent = co_await send(*context.services.sending, accept, wait);
  const CommitResult& result = sent.result;
  if (answer_is_overdue(result)) co_return co_await rebuild_answer(context, accept, result);
  if (auto known = answer_of_key(result)) co_return co_await std::move(*known);
  if (result.outcome != Outcome::kCommitted) co_return refusal(accept, result);
  if (sent.outcome) co_return co_await answer_outcome(context, accept, sent);
  std::string body = send_answer_json(answer_of(accept, result));
  store_answer(*context.services.journal, accept.account_id, accept.idempotency, body);
  co_return Response::json(std::move(body));
}

}  // namespace dundun
