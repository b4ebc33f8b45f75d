// POST /messages/send: parse, decide, commit, submit, answer (api.md 2.1).
#include "common/carrier/dispatch.h"
#include "common/carrier/inline_submit.h"
#include "common/web/idempotency.h"
#include "common/web/route.h"
#include "handlers/messages/send_answer.h"
#include "handlers/messages/send_request.h"
#include "sql/statements.h"

namespace dundun {
namespace {

using Outcome = Receipt::Outcome;
using std::chrono::milliseconds;

// A request that has not answered by then died with its process: its answer is rebuilt from the
// message. Longer than the longest inline wait plus the journal's deadline.
constexpr milliseconds kAnswerOverdue{8000};

AcceptMessage accept_message(const SendRequest& request, const SendPlan& plan,
                             const Context& context, std::optional<IdempotencyKey> key) {
  const Quote& quote = plan.quote;
  AcceptMessage accept{};
  accept.account_id = context.caller.account_id;
  accept.environment = context.caller.environment;
  accept.message_id = new_uuid7();
  accept.phone = request.to.e164();
  accept.body = request.text;
  accept.sender = plan.sender;
  accept.route = plan.route->code;
  accept.country = plan.route->country;
  accept.segments = static_cast<int16_t>(quote.segments);
  accept.encoding = quote.encoding;
  accept.cost_micros = quote.wallet_cost;
  accept.cost_currency = context.caller.currency;
  accept.route_cost_micros = quote.route_cost;
  accept.route_currency = plan.route->currency;
  accept.fx_rate = plan.fx_note;
  accept.description = "SMS to " + accept.phone + " via " + accept.route + " (" +
                       std::to_string(quote.segments) + " seg)";
  accept.source = "api_key";
  accept.scheduled_at = request.scheduled_at;
  accept.lease = context.app.config.submit_lease;
  accept.idempotency = std::move(key);
  return accept;
}

Submission submission_of(const AcceptMessage& accept, const Receipt& receipt) {
  Submission submission{};
  submission.account_id = accept.account_id;
  submission.environment = accept.environment;
  submission.message_id = accept.message_id;
  submission.claim = receipt.claim;
  submission.claimed_as = receipt.status;
  submission.phone = accept.phone;
  submission.sender = accept.sender;
  submission.body = accept.body;
  submission.encoding = accept.encoding;
  submission.segments = accept.segments;
  return submission;
}

SendAnswer answer_of(const AcceptMessage& accept, const Receipt& receipt) {
  SendAnswer answer{};
  answer.message_id = accept.message_id;
  answer.status = receipt.status;
  answer.segments = accept.segments;
  answer.encoding = accept.encoding;
  answer.cost_micros = accept.cost_micros;
  answer.cost_currency = accept.cost_currency;
  answer.route_cost_micros = accept.route_cost_micros;
  answer.route_currency = accept.route_currency;
  answer.route = accept.route;
  answer.balance_after_micros = receipt.balance_micros;
  answer.scheduled_at = accept.scheduled_at;
  return answer;
}

Error too_poor(const AcceptMessage& accept, Micros balance) {
  const std::string& currency = accept.cost_currency;
  Error error =
      fail(ErrorCode::kInsufficientBalance,
           "Balance " + currency + " " + format_micros(balance, 2) + " < estimated cost " +
               currency + " " + format_micros(accept.cost_micros, 2));
  const std::string have = format_micros(balance, 2);
  const std::string need = format_micros(accept.cost_micros, 2);
  error.extra = R"("balance":)" + have + R"(,"cost":)" + need + R"(,"required":)" + need +
                R"(,"available":)" + have + R"(,"currency":")" + currency + R"(")";
  return error;
}

Error refusal(const AcceptMessage& accept, const Receipt& receipt) {
  switch (receipt.outcome) {
    case Outcome::kInsufficientBalance:
      return too_poor(accept, receipt.balance_micros);
    case Outcome::kKeyReused:
      return fail(ErrorCode::kIdempotencyKeyReused,
                  "This Idempotency-Key was used with a different request.");
    case Outcome::kInProgress: {
      Error error = fail(ErrorCode::kIdempotencyInProgress,
                         "The first request with this Idempotency-Key is still running.");
      error.retry_after_s = 1;
      return error;
    }
    default:
      return fail(ErrorCode::kInternal, "Internal server error", "unexpected journal outcome");
  }
}

Response replay(const StoredAnswer& answer) {
  Response response = Response::json(answer.body, answer.http_status);
  response.headers.emplace_back("Idempotency-Replayed", "true");
  return response;
}

// The change that records what the carrier said, with the answer the key keeps.
std::optional<AdvanceMessage> outcome_change(const AcceptMessage& accept,
                                             const Submission& submission,
                                             const SubmitOutcome& outcome,
                                             const std::string* body) {
  std::optional<AdvanceMessage> change = record_outcome(submission, outcome, now());
  if (change && accept.idempotency && body != nullptr) {
    change->answer = StoredAnswer{accept.idempotency->key_hash, 200, *body};
  }
  return change;
}

void store_answer(Journal& journal, const AcceptMessage& accept, const std::string& body) {
  if (!accept.idempotency) return;
  journal.submit(StoreAnswer{accept.account_id, {accept.idempotency->key_hash, 200, body}},
                 [](auto) {});
}

// An outcome that comes after the client's answer is recorded all the same.
std::function<void(SubmitOutcome)> record_late(Journal& journal, const Submission& submission) {
  return [&journal, submission](const SubmitOutcome& late) {
    if (auto change = record_outcome(submission, late, now())) {
      journal.submit(*std::move(change), [](auto) {});
    }
  };
}

// Submits an accepted message and records the outcome; the answer does not wait for that commit,
// except when it moves money back.
Task<Response> submit_and_answer(Context& context, AcceptMessage accept, Receipt receipt,
                                 milliseconds wait_max) {
  Journal& journal = *context.app.journal;
  SendAnswer answer = answer_of(accept, receipt);
  const Submission submission = submission_of(accept, receipt);
  // g++ 12 copies temporaries of a co_await expression bit by bit: whatever owns memory gets a
  // name first.
  InlineSubmit waiting(*context.app.connector, submission, context.app.executor, wait_max,
                       record_late(journal, submission));
  const std::optional<SubmitOutcome> outcome = co_await waiting;
  const auto kind = outcome ? outcome->kind : SubmitOutcome::Kind::kUnknown;
  if (kind == SubmitOutcome::Kind::kRefused) {
    Journal::Commit refund =
        journal.commit(*record_outcome(submission, *outcome, now()), context.app.executor);
    auto refused = co_await refund;
    answer.status = MessageStatus::kFailed;
    answer.error_message = outcome->error_message;
    if (refused && refused->outcome == Outcome::kCommitted) {
      answer.balance_after_micros = refused->balance_micros;
    }
  } else if (kind == SubmitOutcome::Kind::kAccepted) {
    answer.status = MessageStatus::kSubmitted;
  }
  std::string body = send_answer_json(answer);
  const bool recorded = kind == SubmitOutcome::Kind::kRefused;
  auto change =
      recorded || !outcome ? std::nullopt : outcome_change(accept, submission, *outcome, &body);
  if (change) {
    journal.submit(*std::move(change), [](auto) {});
  } else {
    store_answer(journal, accept, body);
  }
  co_return Response::json(std::move(body));
}

// A repeat of a key whose first request died between commit and answer.
Task<Response> rebuild_answer(Context& context, const AcceptMessage& repeat, Receipt receipt) {
  PgRows rows = co_await context.app.pg.query(sql::message_send_answer, repeat.account_id,
                                              receipt.message_id);
  if (rows.size() == 0) co_return refusal(repeat, receipt);
  std::string body = send_answer_json(send_answer_of_row(rows, receipt));
  const StoredAnswer answer{repeat.idempotency->key_hash, 200, std::move(body)};
  const StoreAnswer change{repeat.account_id, answer};
  Journal::Commit commit = context.app.journal->commit(change, context.app.executor);
  auto stored = co_await commit;
  const Receipt done = co_await std::move(stored);
  co_return replay(done.outcome == Outcome::kReplay ? done.answer : answer);
}

}  // namespace

Task<Response> send_message(Context& context) {
  const SendRequest request = co_await parse_send_request(context.request.body, now());
  const SendPlan plan = co_await plan_send(request, context.caller, context.snapshot);
  auto key = co_await idempotency_key(context.request, context.caller);
  AcceptMessage accept = accept_message(request, plan, context, std::move(key));

  Journal::Commit commit = context.app.journal->commit(accept, context.app.executor);
  auto committed = co_await commit;
  Receipt receipt = co_await std::move(committed);
  if (receipt.outcome == Outcome::kReplay) co_return replay(receipt.answer);
  if (receipt.outcome == Outcome::kInProgress && receipt.age > kAnswerOverdue) {
    co_return co_await rebuild_answer(context, accept, receipt);
  }
  if (receipt.outcome != Outcome::kCommitted) co_return refusal(accept, receipt);
  // Without a claim: it was committed, and by the time that was known recovery had it.
  if (accept.scheduled_at || receipt.claim.size == 0) {
    std::string body = send_answer_json(answer_of(accept, receipt));
    store_answer(*context.app.journal, accept, body);
    co_return Response::json(std::move(body));
  }
  const milliseconds wait_max{plan.route->inline_wait_ms};
  co_return co_await submit_and_answer(context, std::move(accept), receipt, wait_max);
}

}  // namespace dundun
