// POST /messages/send: parse, decide, commit, submit, answer.
#include "common/base/config.h"
#include "common/base/executor.h"
#include "common/carrier/carrier_router.h"
#include "common/carrier/dispatch.h"
#include "common/carrier/inline_submit.h"
#include "common/io/pg.h"
#include "common/journal/change.h"
#include "common/journal/journal.h"
#include "common/web/idempotency.h"
#include "common/web/outgoing.h"
#include "common/web/route.h"
#include "common/web/snapshot.h"
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
  return fail(ErrorCode::kInternal, "Internal server error", "unexpected journal outcome");
}

// The change that records what the carrier said, with the answer the key keeps.
std::optional<AdvanceMessage> outcome_change(const AcceptMessage& accept,
                                             const Submission& submission,
                                             const SubmitOutcome& outcome,
                                             const RetryDelays& delays, const std::string* body) {
  std::optional<AdvanceMessage> change = record_outcome(submission, outcome, now(), delays);
  if (change && accept.idempotency && body != nullptr) {
    change->answer = StoredAnswer{accept.idempotency->key_hash, 200, *body};
  }
  return change;
}

// Submits an accepted message and records the outcome; the answer does not wait for that commit,
// except when it moves money back.
Task<Response> submit_and_answer(Context& context, AcceptMessage accept, const Route& route,
                                 CommitResult result) {
  const milliseconds wait_max{route.inline_wait_ms};
  Journal& journal = *context.app.journal;
  SendAnswer answer = answer_of(accept, result);
  const Submission submission = submission_of(accept, result);
  const RetryDelays& delays = context.app.config.auto_retry_delays;
  // g++ 12 copies temporaries of a co_await expression bit by bit: whatever owns memory gets a
  // name first.
  InlineSubmit waiting(*context.app.router, submission, context.app.executor, wait_max,
                       record_late(journal, submission, delays));
  const std::optional<SubmitOutcome> outcome = co_await waiting;
  const auto kind = outcome ? outcome->kind : SubmitOutcome::Kind::kUnknown;
  if (kind == SubmitOutcome::Kind::kRefused) {
    Journal::Commit refund =
        journal.commit(*record_outcome(submission, *outcome, now(), delays), context.app.executor);
    auto refused = co_await refund;
    answer.status = MessageStatus::kFailed;
    answer.error_message = outcome->error_message;
    if (refused && refused->outcome == Outcome::kCommitted) {
      answer.balance_after_micros = refused->balance_micros;
    }
  } else if (kind == SubmitOutcome::Kind::kAccepted) {
    answer.status = MessageStatus::kSubmitted;
  } else if (kind == SubmitOutcome::Kind::kFailed) {
    answer.status = MessageStatus::kRetrying;
    answer.error_message = outcome->error_message;
  }
  std::string body = send_answer_json(answer);
  const bool recorded = kind == SubmitOutcome::Kind::kRefused;
  auto change = recorded || !outcome ? std::nullopt
                                     : outcome_change(accept, submission, *outcome, delays, &body);
  if (change) {
    journal.submit(*std::move(change), [](auto) {});
  } else {
    store_answer(journal, accept.account_id, accept.idempotency, body);
  }
  co_return Response::json(std::move(body));
}

// A repeat of a key whose first request died between commit and answer.
Task<Response> rebuild_answer(Context& context, const AcceptMessage& repeat, CommitResult result) {
  PgRows rows =
      co_await context.app.pg.query(sql::message_send_answer, repeat.account_id, result.message_id);
  if (rows.size() == 0) co_return refusal(repeat, result);
  std::string body = send_answer_json(send_answer_of_row(rows, result));
  const StoredAnswer answer{repeat.idempotency->key_hash, 200, std::move(body)};
  const StoreAnswer change{repeat.account_id, answer};
  Journal::Commit commit = context.app.journal->commit(change, context.app.executor);
  auto stored = co_await commit;
  const CommitResult done = co_await std::move(stored);
  co_return replay(done.outcome == Outcome::kReplay ? done.answer : answer);
}

}  // namespace

Task<Response> send_message(Context& context) {
  const SendRequest request = co_await parse_send_request(context.request.body, now());
  const SendPlan plan = co_await plan_send(request, context.caller, context.snapshot);
  auto key = co_await idempotency_key(context.request, context.caller);
  AcceptMessage accept = accept_message(request, plan, context);
  accept.idempotency = std::move(key);
  co_await apply_window(request, context, accept);

  Journal::Commit commit = context.app.journal->commit(accept, context.app.executor);
  auto committed = co_await commit;
  CommitResult result = co_await std::move(committed);
  if (answer_is_overdue(result)) co_return co_await rebuild_answer(context, accept, result);
  if (auto known = answer_of_key(result)) co_return co_await std::move(*known);
  if (result.outcome != Outcome::kCommitted) co_return refusal(accept, result);
  // Without a claim: it was committed, and by the time that was known recovery had it.
  if (accept.scheduled_at || result.claim.size == 0) {
    std::string body = send_answer_json(answer_of(accept, result));
    store_answer(*context.app.journal, accept.account_id, accept.idempotency, body);
    co_return Response::json(std::move(body));
  }
  co_return co_await submit_and_answer(context, std::move(accept), *plan.route, result);
}

}  // namespace dundun
